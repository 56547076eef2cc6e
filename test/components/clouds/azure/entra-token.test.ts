import assert from "node:assert/strict";
import { readEntraToken } from "../../../../components/clouds/azure/entra-token.ts";
import { entraToken } from "./fixture.ts";

describe("token of Entra", () => {
  it("tells the resource manager of its cloud, and who it was given to", () => {
    assert.deepEqual(
      readEntraToken(entraToken({ aud: "https://management.core.windows.net/", idtyp: "app" })),
      {
        resourceManager: "https://management.azure.com",
        principalType: "ServicePrincipal",
        simulated: false,
      },
    );
    assert.deepEqual(
      readEntraToken(entraToken({ aud: "https://management.usgovcloudapi.net", idtyp: "user" })),
      {
        resourceManager: "https://management.usgovcloudapi.net",
        principalType: "User",
        simulated: false,
      },
    );
  });

  it("may be for a stand-in on this machine", () => {
    const token = readEntraToken(entraToken({ aud: "http://127.0.0.1:4711/" }));
    assert.deepEqual(token, {
      resourceManager: "http://127.0.0.1:4711",
      principalType: "User",
      simulated: true,
    });
  });

  for (const [what, token] of [
    ["another audience", entraToken({ aud: "https://management.azure.com.example.com" })],
    [
      "an address on this machine that only begins like one",
      entraToken({ aud: "http://127.0.0.1:1@example.com" }),
    ],
    ["plain text", "0123456789abcdef"],
    ["claims that are no JSON", "e30.bm8.x"],
    ["claims that are null", `e30.${Buffer.from("null").toString("base64url")}.`],
    ["nothing", ""],
  ] as const)
    it(`is not ${what}`, () => assert.equal(readEntraToken(token), undefined));
});

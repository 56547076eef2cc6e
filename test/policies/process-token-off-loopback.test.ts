import assert from "node:assert/strict";
import { processTokenOffLoopback as policy } from "../../policies/process-token-off-loopback.ts";
import { analyze, secret, unknownObject, unknownText } from "./analyze.ts";

const type = "skyloom:local:Process";
const token = "0123456789abcdef";
const listening = (...hosts: (string | undefined)[]) =>
  hosts.map((host) => ({ name: "http", port: 80, host }));

describe("policy process-token-off-loopback", () => {
  const compliant = {
    "listens nowhere": { environment: {} },
    "listens on loopback": { ports: listening("127.0.0.1", "localhost", "::1", "127.1.2.3") },
    "says no host": { ports: [{ name: "http", port: 80 }] },
    "has a token": { ports: listening("0.0.0.0"), environment: { SKYLOOM_TOKEN: token } },
    "has a secret token": { ports: listening("::"), environment: { SKYLOOM_TOKEN: secret(token) } },
  };
  for (const [what, properties] of Object.entries(compliant))
    it(`passes a process that ${what}`, async () => {
      assert.deepEqual(await analyze(policy, type, properties), []);
    });

  it("refuses a process that listens off loopback without a token", async () => {
    for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.com", ""])
      assert.deepEqual(
        await analyze(policy, type, { ports: listening("127.0.0.1", host), environment: {} }),
        [
          {
            policy: "process-token-off-loopback",
            level: "mandatory",
            message:
              `${policy.description}\nports[1] listens on ${host}, which other machines may reach, but ` +
              "environment.SKYLOOM_TOKEN is missing: set it, or listen on 127.0.0.1",
          },
        ],
      );
  });

  it("refuses a token that is too short, for every port", async () => {
    const properties = { ports: listening("0.0.0.0", "0.0.0.0"), environment: { SKYLOOM_TOKEN: "short" } };
    const diagnostics = await analyze(policy, type, properties);
    assert.deepEqual(
      diagnostics.map(({ level }) => level),
      ["mandatory", "mandatory"],
    );
    assert.match(diagnostics[0]?.message ?? "", /shorter than 16 characters/);
  });

  it("says that it could not check what is unknown, and does not count it as passed", async () => {
    for (const properties of [
      { ports: unknownObject },
      { ports: listening(unknownText) },
      { ports: listening("0.0.0.0"), environment: unknownObject },
      { ports: listening("0.0.0.0"), environment: { SKYLOOM_TOKEN: unknownText } },
      { ports: listening("0.0.0.0"), environment: { SKYLOOM_TOKEN: secret(unknownText) } },
    ]) {
      const [diagnostic, ...others] = await analyze(policy, type, properties);
      assert.deepEqual([diagnostic?.level, others], ["advisory", []]);
      assert.match(diagnostic?.message ?? "", /can't run policy .* can't be known during preview/);
    }
  });

  it("checks every port, though one before is unknown", async () => {
    const diagnostics = await analyze(policy, type, { ports: listening(unknownText, "0.0.0.0") });
    assert.deepEqual(
      diagnostics.map(({ level }) => level),
      ["mandatory", "advisory"],
    );
  });

  it("leaves other resources alone", async () => {
    assert.deepEqual(await analyze(policy, "skyloom:local:Queue", { ports: listening("0.0.0.0") }), []);
  });
});

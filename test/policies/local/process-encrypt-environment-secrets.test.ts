import assert from "node:assert/strict";
import { withDefaults } from "../../../policies/configuration/settings.ts";
import { processEncryptEnvironmentSecrets as rule } from "../../../policies/local/process-encrypt-environment-secrets.ts";
import { toPolicy } from "../../../policies/to-policy.ts";
import { WaiverBook } from "../../../policies/waivers/waiver-book.ts";
import { remediate as remediateBy, resourceOf, secret, unknownObject, unknownText } from "../analyze.ts";

const type = "skyloom:local:Process";
const unchanged = { properties: undefined, diagnostic: undefined };
const policy = toPolicy(rule, {
  settings: () => withDefaults({}),
  waivers: new WaiverBook([], undefined, new Date()),
  asked: new Map(),
});
const remediate = (type: string, properties: object) => remediateBy([policy], resourceOf(type, properties));

describe("rule process-encrypt-environment-secrets", () => {
  const compliant = {
    "has no environment": {},
    "has no secrets": { environment: { PATH: "/bin", KEYBOARD: "us", MONKEY: "x", TOKEN_FILE: "/f" } },
    "has its secrets as secrets": { environment: { SKYLOOM_TOKEN: secret("s"), PASSWORD: secret("t") } },
    "has its whole environment as a secret": { environment: secret({ SKYLOOM_TOKEN: "s" }) },
    "has a secret that is not known yet": { environment: { SKYLOOM_TOKEN: secret(unknownText) } },
  };
  for (const [what, properties] of Object.entries(compliant))
    it(`leaves a process as it is that ${what}`, async () => {
      assert.deepEqual(await remediate(type, properties), unchanged);
    });

  it("makes secrets of what stands in plain text, and of nothing else", async () => {
    const properties = {
      command: ["node", "main.ts"],
      limits: { memoryBytes: 1 },
      environment: {
        TOKEN: "a",
        DATABASE_PASSWORD: "b",
        API_KEY: "c",
        CLIENT_SECRET: secret("d"),
        HOME: "/home",
      },
    };
    assert.deepEqual(await remediate(type, properties), {
      properties: {
        ...properties,
        environment: {
          TOKEN: secret("a"),
          DATABASE_PASSWORD: secret("b"),
          API_KEY: secret("c"),
          CLIENT_SECRET: secret("d"),
          HOME: "/home",
        },
      },
      diagnostic: undefined,
    });
  });

  it("says that it could not check what is unknown, and changes nothing", async () => {
    for (const environment of [unknownObject, { SKYLOOM_TOKEN: unknownText }]) {
      const { properties, diagnostic } = await remediate(type, { environment });
      assert.equal(properties, undefined);
      assert.match(diagnostic ?? "", /can't run remediation .* can't be known during preview/);
    }
  });

  it("leaves other resources alone", async () => {
    assert.deepEqual(await remediate("skyloom:local:Queue", { environment: { TOKEN: "a" } }), unchanged);
  });
});

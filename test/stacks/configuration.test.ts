import assert from "node:assert/strict";
import { cloudSettings } from "../../stacks/cloud-settings.ts";
import { readConfiguration } from "../../stacks/configuration.ts";

/** What the engine passes on of Pulumi.yaml's defaults, and a stack in a cloud. */
const defaults = {
  "skyloom:cloud": "local",
  "skyloom:environment": "development",
  "skyloom:port": "8080",
  "skyloom:inferenceWorkers": "1",
  "skyloom:logLevel": "info",
  "skyloom:queueConcurrency": "8",
  "skyloom:runRetentionDays": "90",
  "skyloom:jobRetentionDays": "90",
  "skyloom:allowPrivateAddresses": "[]",
  "skyloom:modelKeys": "[]",
  "skyloom:drainSeconds": "20",
  "skyloom:workerIdleSeconds": "300",
  "skyloom:maximumDeliveries": "5",
  "skyloom:visibilitySeconds": "60",
  "skyloom:examples": "true",
  "skyloom:gpuPools": "[]",
  "skyloom:publicEndpoint": '{"enabled":false}',
};
const inCloud = {
  ...defaults,
  "skyloom:cloud": "aws",
  "skyloom:region": "us-east-1",
  "skyloom:owner": "team",
  "skyloom:costCentre": "research",
  "skyloom:budget": '{"monthlyUsd":500,"notify":["team@example.com"]}',
};
const place = { stack: "dev", projectFolder: "/project", stateFolder: "/state" };

function problems(values: Record<string, string>, secretKeys: string[] = []): string[] {
  try {
    readConfiguration(values, secretKeys, "stacks/Pulumi.dev.yaml");
  } catch (error) {
    const [heading, ...lines] = (error as Error).message.split("\n");
    assert.equal(heading, "wrong configuration in stacks/Pulumi.dev.yaml:");
    return lines.map((line) => line.trim());
  }
  return [];
}

describe("stack configuration", () => {
  it("takes the defaults on this machine, and a complete stack in a cloud", () => {
    assert.deepEqual(problems(defaults), []);
    assert.deepEqual(problems(inCloud), []);
  });

  it("fills in what the environment decides", () => {
    const pools = '[{"name":"small","accelerator":"t4"},{"name":"steady","accelerator":"l4","spot":false}]';
    const values = { ...inCloud, "skyloom:gpuPools": pools };
    const development = cloudSettings(readConfiguration(values, [], "file"), place);
    assert.deepEqual(
      development.gpuPools.map(({ name, spot, count, minimum, maximum }) => [
        name,
        spot,
        count,
        minimum,
        maximum,
      ]),
      [
        ["small", true, 1, 0, 1],
        ["steady", false, 1, 0, 1],
      ],
    );
    const production = cloudSettings(
      readConfiguration({ ...values, "skyloom:environment": "production" }, [], "file"),
      place,
    );
    assert.equal(production.gpuPools[0]?.spot, false);
    assert.equal(production.generalPool.minimum, 3);
    assert.equal(production.logRetentionDays, 90);
  });

  it("protects production and takes data along in development only, unless told otherwise", () => {
    const fates = (values: Record<string, string>) => {
      const settings = cloudSettings(readConfiguration({ ...inCloud, ...values }, [], "file"), place);
      return [settings.deletionProtection, settings.retainData];
    };
    assert.deepEqual(fates({}), [false, false]);
    assert.deepEqual(fates({ "skyloom:environment": "staging" }), [false, true]);
    assert.deepEqual(fates({ "skyloom:environment": "production" }), [true, true]);
    const off = { "skyloom:deletionProtection": "false", "skyloom:retainData": "false" };
    assert.deepEqual(fates({ "skyloom:environment": "production", ...off }), [false, false]);
    assert.deepEqual(fates({ "skyloom:deletionProtection": "true", "skyloom:retainData": "true" }), [
      true,
      true,
    ]);
    assert.deepEqual(
      problems({ ...inCloud, "skyloom:deletionProtection": "no", "skyloom:retainData": "1" }),
      [
        'skyloom:deletionProtection: must be true or false, not "no"',
        'skyloom:retainData: must be true or false, not "1"',
      ],
    );
  });

  it("reports every problem at once, each by its key and with what is allowed", () => {
    const found = problems({
      ...inCloud,
      "skyloom:port": "80",
      "skyloom:logLevel": "loud",
      "skyloom:allowPrivateAddresses": '["10.0.0.0/8","http://build.internal"]',
      "skyloom:capacity": "cpu=many; farm: gpu/h100=8",
      "skyloom:webhookSecret": "Webhook Key",
      "skyloom:modelKeys": '["abc"]',
      "skyloom:tracingEndpoint": "collector:4318",
      "skyloom:regoin": "us-east-1",
      "skyloom:image": "skyloom:latest",
      "skyloom:publicEndpoint": '{"enabled":true,"allowedCidrs":["0.0.0.0/0","0.0.0.0/1","17.0.0.0/8"]}',
      "skyloom:gpuPools": '[{"name":"Big","accelerator":"t4","minimum":3,"maximum":2,"spots":true}]',
    });
    const expected = [
      /^skyloom:regoin: is no setting; did you mean skyloom:region\?/,
      /^skyloom:port: must be the first of six ports in a row.*not "80"/,
      /^skyloom:allowPrivateAddresses\[1\]: "http:\/\/build\.internal" must be an address, a network/,
      /^skyloom:capacity: "cpu=many" is not understood; write for example/,
      /^skyloom:webhookSecret: must begin with a small letter.*not "Webhook Key"/,
      /^skyloom:tracingEndpoint: must be an http or https URL, not "collector:4318"/,
      /^skyloom:modelKeys\[0\]: "abc" must be an ed25519 public key/,
      /^skyloom:logLevel: must be one of trace, debug/,
      /^skyloom:image: must be an image by its digest/,
      /^skyloom:publicEndpoint\.allowedCidrs\[0\]: must not be the whole internet/,
      /^skyloom:publicEndpoint\.allowedCidrs\[1\]: must not be the whole internet, nor wider than \/8/,
      /^skyloom:gpuPools\[0\]\.name: must be 1 to 12/,
      /^skyloom:gpuPools\[0\].*spots/,
    ];
    for (const pattern of expected)
      assert.ok(
        found.some((line) => pattern.test(line)),
        `${pattern} among\n${found.join("\n")}`,
      );
  });

  it("takes a reason for no policy pack, and leaves the pack's own settings to the pack", () => {
    const given = {
      ...inCloud,
      "skyloom:policies": '{"waivers":"waivers.yaml","withoutPack":"enforced elsewhere"}',
    };
    const { policies } = readConfiguration(given, [], "file");
    assert.deepEqual(policies, { waivers: "waivers.yaml", withoutPack: "enforced elsewhere" });
    assert.deepEqual(problems({ ...inCloud, "skyloom:policies": '{"withoutPack":"because"}' }), [
      "skyloom:policies.withoutPack: must be a reason of at least 10 characters",
    ]);
  });

  it("wants of a stack that is billed a region, a budget, an owner and who pays", () => {
    const found = problems({ ...defaults, "skyloom:cloud": "gcp" });
    assert.deepEqual(
      found.map((line) => line.split(": ", 1)[0]),
      ["skyloom:region", "skyloom:budget", "skyloom:owner", "skyloom:costCentre"],
    );
  });

  it("refuses a pool whose minimum is above its maximum, and a list that is none", () => {
    const pool = '[{"name":"big","accelerator":"t4","minimum":3,"maximum":2}]';
    assert.deepEqual(problems({ ...inCloud, "skyloom:gpuPools": pool }), [
      "skyloom:gpuPools[0].minimum: must not be above maximum",
    ]);
    assert.match(
      problems({ ...inCloud, "skyloom:gpuPools": "t4" })[0] ?? "",
      /^skyloom:gpuPools: must be a list/,
    );
  });

  it("takes containers, gateway, monitoring and mesh in a cluster only", () => {
    const parts = {
      "skyloom:containers": '{"seesCluster":true}',
      "skyloom:gateway": '{"host":"a.example.com","issuerEmail":"a@example.com"}',
      "skyloom:monitoring": '{"prometheus":true}',
      "skyloom:mesh": "istio",
    };
    const read = readConfiguration({ ...inCloud, ...parts }, [], "file");
    assert.deepEqual(read.containers, { egress: "internet", seesCluster: true });
    assert.deepEqual(cloudSettings(read, place).roles, { ofNamespace: true, ofCluster: true });
    assert.equal(read.gateway?.namespace, "envoy-gateway-system");
    assert.equal(read.monitoring?.namespace, "monitoring");
    assert.deepEqual(cloudSettings(read, place).namespaceLabels, { "istio.io/dataplane-mode": "ambient" });
    assert.deepEqual(cloudSettings(readConfiguration(inCloud, [], "file"), place).namespaceLabels, {});
    const found = problems({ ...defaults, ...parts });
    assert.deepEqual(
      found.map((line) => line.split(": ", 1)[0]),
      ["skyloom:containers", "skyloom:gateway", "skyloom:monitoring", "skyloom:mesh"],
    );
  });

  it("refuses a gateway without a name that DNS takes, an address to write to, or a class where none is installed", () => {
    const gateway = '{"host":"localhost","issuerEmail":"me","acmeServer":"http://a.example.com"}';
    const found = problems({ ...inCloud, "skyloom:gateway": gateway, "skyloom:mesh": "linkerd" });
    for (const pattern of [
      /^skyloom:gateway\.host: must be a name of DNS/,
      /^skyloom:gateway\.issuerEmail: must be an e-mail address/,
      /^skyloom:gateway\.acmeServer: must be an https address/,
      /^skyloom:mesh: must be one of none, istio, not "linkerd"/,
    ])
      assert.ok(
        found.some((line) => pattern.test(line)),
        `${pattern} among ${found.join("; ")}`,
      );
    const bare = '{"host":"a.example.com","issuerEmail":"a@example.com","install":false}';
    assert.match(
      problems({ ...inCloud, "skyloom:gateway": bare })[0] ?? "",
      /^skyloom:gateway\.className: is missing/,
    );
  });

  it("takes a token as a secret only, and never shows it", () => {
    const values = { ...defaults, "skyloom:token": "short" };
    const found = problems(values).join("\n");
    assert.match(found, /skyloom:token: must be a secret of at least 16/);
    assert.match(found, /pulumi config set --secret token/);
    assert.doesNotMatch(found, /short/);
    assert.deepEqual(problems({ ...defaults, "skyloom:token": "0123456789abcdef" }, ["skyloom:token"]), []);
  });
});

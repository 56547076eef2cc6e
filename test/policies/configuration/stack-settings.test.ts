import assert from "node:assert/strict";
import { configSchema } from "../../../policies/configuration/config-schema.ts";
import { type SettingName, settingSchemas } from "../../../policies/configuration/settings.ts";
import {
  readStackFacts,
  readStackPolicies,
  settingsResolver,
} from "../../../policies/configuration/stack-settings.ts";

const facts = (configuration: Record<string, string> = {}, project: string | undefined = "shop") => ({
  stack: "prod",
  project,
  configuration,
});
const noTags = new Map<string, string>();
const environmentOf = (configuration: Record<string, string>, tags = noTags) =>
  settingsResolver(facts(configuration))({}, tags).environment;

describe("settings of the rules", () => {
  it("come from what the engine gives the pack", () => {
    assert.deepEqual(
      readStackFacts({ PULUMI_CONFIG: '{"a:b":"c"}', PULUMI_STACK: "dev", PULUMI_NODEJS_PROJECT: "shop" }),
      { stack: "dev", project: "shop", configuration: { "a:b": "c" } },
    );
    assert.deepEqual(readStackFacts({}), { stack: undefined, project: undefined, configuration: {} });
  });

  it("hold a stack to production unless somebody says what it is", () => {
    assert.equal(environmentOf({}), "production");
    assert.equal(environmentOf({ "skyloom:environment": "development" }), "development");
    assert.equal(environmentOf({ "shop:environment": "staging" }), "staging");
    assert.equal(environmentOf({ "other:environment": "staging" }), "production");
    assert.equal(environmentOf({}, new Map([["environment", "development"]])), "development");
    assert.equal(
      environmentOf({ "skyloom:environment": "staging" }, new Map([["environment", "development"]])),
      "staging",
    );
    assert.equal(
      environmentOf({ "skyloom:environment": "test", "shop:environment": "staging" }),
      "production",
    );
  });

  it("take the rule's own before the stack's, and the stack's before the environment's", () => {
    const settings = settingsResolver(facts({ "skyloom:environment": "development" }), {
      maximumGpuNodes: 10,
      requiredTags: ["team"],
    });
    const own = settings({ maximumGpuNodes: 1 }, noTags);
    assert.deepEqual([own.maximumGpuNodes, own.requiredTags], [1, ["team"]]);
    assert.equal(settings({}, noTags).maximumGpuNodes, 10);
    assert.ok(!settings({}, noTags).allowedAccelerators?.includes("h100"));
    assert.equal(settings({ environment: "production" }, noTags).allowedAccelerators, undefined);
    assert.equal(settingsResolver(facts())({}, noTags).maximumGpuNodes, 32);
  });

  it("are read from the stack's configuration, and refused with every problem", () => {
    const read = (text: string) => readStackPolicies(facts({ "skyloom:policies": text }));
    assert.deepEqual(readStackPolicies(facts()), {});
    assert.deepEqual(read('{"waivers":"w.yaml","maximumGpuNodes":3}'), {
      waivers: "w.yaml",
      maximumGpuNodes: 3,
    });
    assert.throws(
      () => read('{"maximumGpuNodes":-1,"environment":"prod","more":1}'),
      (error: Error) => {
        assert.match(error.message, /^wrong configuration of the policies:\n/);
        for (const part of ["skyloom:policies.maximumGpuNodes: ", "skyloom:policies.environment: ", '"more"'])
          assert.ok(error.message.includes(part), error.message);
        return true;
      },
    );
    assert.throws(() => read("no JSON"), /skyloom:policies: /);
  });

  it("have a schema each, without a default that would win over the stack's", () => {
    const { properties } = configSchema(Object.keys(settingSchemas) as SettingName[]);
    for (const [name, schema] of Object.entries(properties)) {
      assert.ok(schema.description, name);
      assert.equal(schema.default, undefined, name);
      assert.ok(!("$schema" in schema), name);
    }
    assert.deepEqual(properties.environment?.enum, ["development", "staging", "production"]);
    assert.equal(properties.maximumGpuNodes?.minimum, 0);
    assert.deepEqual(properties.requiredTags?.items, { type: "string", minLength: 1 });
  });
});

import assert from "node:assert/strict";
import { monthlyCostKnown as policy } from "../../../policies/cost/monthly-cost-known.ts";
import { unknownNumber, unknownText } from "../analyze.ts";
import { analyzeStack, type StackResource } from "./analyze-stack.ts";
import { budget, cluster } from "./stacks.ts";

async function messages(resources: readonly StackResource[], config: object = {}): Promise<string[]> {
  const diagnostics = await analyzeStack(policy, resources, config);
  for (const { level } of diagnostics) assert.equal(level, "advisory");
  return diagnostics.map(({ message }) => message);
}

describe("policy monthly-cost-known", () => {
  it("accepts a stack with a budget and nothing unknown", async () => {
    assert.deepEqual(await messages([...cluster(1), budget("aws", "300")]), []);
  });

  it("accepts a stack that no cloud bills", async () => {
    assert.deepEqual(
      await messages([{ type: "kubernetes:core/v1:ConfigMap", name: "settings", properties: {} }]),
      [],
    );
  });

  it("names a price that no table has", async () => {
    const volume = { type: "aws:ebs/volume:Volume", name: "volume", properties: { size: 10, type: "io9" } };
    const [message, ...others] = await messages([...cluster(1), volume, budget("aws", "300")]);
    assert.match(message ?? "", /volume \(io9 volume\).*price was not found/);
    assert.deepEqual(others, []);
  });

  it("leaves to the update what is not known before it", async () => {
    const [subnet, control, template, pool] = cluster(1);
    assert.ok(subnet && control && template && pool);
    const open = { ...pool, properties: { ...pool.properties, scalingConfig: { minSize: unknownNumber } } };
    const [message] = await messages([subnet, control, template, open, budget("aws", "300")]);
    assert.match(message ?? "", /pool \(m6i\.xlarge, on-demand\).*to be checked at the update/);
  });

  it("names what depends on use, until it is told", async () => {
    const key = { type: "aws:kms/key:Key", name: "key", properties: {} };
    const resources = [...cluster(1), key, budget("aws", "300")];
    assert.match(
      (await messages(resources))[0] ?? "",
      /what depends on use is not in the estimate.*: that of key$/,
    );
    assert.deepEqual(await messages(resources, { usage: { default: { keyRequests: 1000 } } }), []);
  });

  it("names what it cannot look into", async () => {
    const database = { type: "aws:rds/instance:Instance", name: "database", properties: {} };
    const [message] = await messages([...cluster(1), database, budget("aws", "300")]);
    assert.match(message ?? "", /aws:rds\/instance:Instance \(database\): not looked into/);
  });

  it("says when there is no budget, or none that can be compared", async () => {
    assert.match((await messages(cluster(1)))[0] ?? "", /the stack has no budget/);
    assert.deepEqual(await messages(cluster(1), { monthlyUsd: 10 }), []);
    const open = await messages([...cluster(1), budget("aws", unknownText)]);
    assert.match(open[0] ?? "", /resource budget is not known before the update/);
    const properties = { amount: { specifiedAmount: { currencyCode: "EUR", units: "300" } } };
    const foreign = await messages([...cluster(1), { ...budget("gcp", "300"), properties }]);
    assert.match(foreign[0] ?? "", /resource budget is in EUR/);
  });
});

import assert from "node:assert/strict";
import { monthlyCost as policy } from "../../../policies/cost/monthly-cost.ts";
import { unknownNumber, unknownText } from "../analyze.ts";
import { analyzeStack } from "./analyze-stack.ts";
import { budget, cluster } from "./stacks.ts";

describe("policy monthly-cost", () => {
  for (const cloud of ["aws", "azure", "gcp"] as const) {
    it(`accepts a stack whose expected cost is within its ${cloud} budget`, async () => {
      assert.deepEqual(await analyzeStack(policy, [...cluster(1), budget(cloud, "300")]), []);
    });

    it(`refuses one above its ${cloud} budget, naming the dearest items and what to do`, async () => {
      const [diagnostic, ...others] = await analyzeStack(policy, [...cluster(2), budget(cloud, "300")]);
      assert.deepEqual(others, []);
      assert.equal(diagnostic?.level, "mandatory");
      // 2 × 730 × 0.192 + 2 × 100 × 0.08 + 73
      assert.match(
        diagnostic.message,
        /expected to cost \$369\.32 a month, at most \$665\.64.*budget of \$300\.00 \(resource budget\)/,
      );
      assert.match(
        diagnostic.message,
        /pool \(m6i\.xlarge, on-demand\) \$280\.32; cluster \(control plane\) \$73\.00/,
      );
      assert.match(diagnostic.message, /smaller or cheaper, or raise the budget/);
    });
  }

  it("accepts a cost that equals the budget", async () => {
    assert.deepEqual(await analyzeStack(policy, [...cluster(2), budget("aws", "369.32")]), []);
  });

  it("takes the configured amount before the stack's own budget", async () => {
    const resources = [...cluster(2), budget("aws", "10000")];
    const [diagnostic] = await analyzeStack(policy, resources, { monthlyUsd: 100 });
    assert.match(diagnostic?.message ?? "", /budget of \$100\.00 \(the policy's configuration\)/);
    assert.deepEqual(
      await analyzeStack(policy, [...cluster(2), budget("aws", "1")], { monthlyUsd: 400 }),
      [],
    );
  });

  it("holds a stack with several budgets to the smallest, a month of a year's", async () => {
    const yearly = budget("aws", "1200");
    const properties = { ...yearly.properties, timeUnit: "ANNUALLY" };
    const resources = [...cluster(1), budget("aws", "5000"), { ...yearly, name: "yearly", properties }];
    const [diagnostic] = await analyzeStack(policy, resources);
    assert.match(diagnostic?.message ?? "", /budget of \$100\.00 \(resource yearly\)/);
  });

  it("counts what depends on use as the configured usage tells", async () => {
    const bucket = { type: "aws:s3/bucket:Bucket", name: "bucket", properties: {} };
    const resources = [...cluster(1), bucket, budget("aws", "300")];
    assert.deepEqual(await analyzeStack(policy, resources), []);
    const usage = { default: { storedGb: 10_000, readRequests: 0, writeRequests: 0, egressGb: 0 } };
    const [diagnostic] = await analyzeStack(policy, resources, { usage });
    assert.match(diagnostic?.message ?? "", /bucket \(data in the bucket\) \$230\.00/);
  });

  it("neither passes nor refuses what an unknown value leaves open: the known sum alone decides", async () => {
    const [subnet, control, template, pool] = cluster(2);
    assert.ok(subnet && control && template && pool);
    const open = { ...pool, properties: { ...pool.properties, scalingConfig: { minSize: unknownNumber } } };
    const resources = [subnet, control, template, open];
    assert.deepEqual(await analyzeStack(policy, [...resources, budget("aws", "300")]), []);
    const [diagnostic] = await analyzeStack(policy, [...resources, budget("aws", "50")]);
    assert.match(diagnostic?.message ?? "", /\$73\.00 a month.*; \d unknown amounts come on top/);
  });

  it("says nothing where the budget is not known before the update, or is not there", async () => {
    assert.deepEqual(await analyzeStack(policy, [...cluster(2), budget("aws", unknownText)]), []);
    assert.deepEqual(await analyzeStack(policy, cluster(2)), []);
  });

  it("refuses a usage that no estimate takes", async () => {
    const usage = { default: { storedGb: -1 } };
    const diagnostics = analyzeStack(policy, [...cluster(1), budget("aws", "300")], { usage });
    await assert.rejects(diagnostics, /usage\.default\.storedGb/);
  });
});

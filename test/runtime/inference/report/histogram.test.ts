import assert from "node:assert/strict";
import { Histogram, Registry } from "prom-client";
import { histogramOf, quantile } from "../../../../runtime/inference/report/histogram.ts";

describe("histogram", () => {
  async function observed(...values: number[]) {
    const histogram = new Histogram({
      name: "seconds",
      help: "made by a test",
      buckets: [1, 2, 4],
      registers: [new Registry()],
    });
    for (const value of values) histogram.observe(value);
    return histogramOf((await histogram.get()).values);
  }

  it("reads what prom-client counted", async () => {
    const { count, sum, buckets } = await observed(0.5, 1.5, 1.5, 10);
    assert.deepEqual([count, sum], [4, 13.5]);
    assert.deepEqual(buckets, [
      { bound: 1, count: 1 },
      { bound: 2, count: 3 },
      { bound: 4, count: 3 },
      { bound: Number.POSITIVE_INFINITY, count: 4 },
    ]);
  });

  it("estimates quantiles within a bucket, and those beyond the last bound as that bound", async () => {
    const figures = await observed(0.5, 1.5, 1.5, 10);
    assert.equal(quantile(figures, 0.25), 1);
    assert.equal(quantile(figures, 0.5), 1.5);
    assert.equal(quantile(figures, 0.75), 2);
    assert.equal(quantile(figures, 0.99), 4);
    assert.equal(quantile(await observed(), 0.5), undefined);
    assert.equal(quantile(await observed(3, 3), 0.5), 3);
  });
});

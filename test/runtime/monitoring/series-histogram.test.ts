import assert from "node:assert/strict";
import { Histogram, Registry } from "prom-client";
import { createSeriesHistogram } from "../../../runtime/monitoring/series-histogram.ts";

describe("series histogram", () => {
  const described = { name: "seconds", help: "How long", buckets: [0.1, 1, 10] };

  it("is told as prom-client's own, value by value", async () => {
    const [registry, theirs] = [new Registry(), new Registry()];
    const histogram = createSeriesHistogram<"route" | "status">({ ...described, registers: [registry] });
    const labelNames = ["route", "status"];
    const expected = new Histogram({ ...described, labelNames, registers: [theirs] });
    const observed = {
      "/a": [0, 0.1, 0.100001, 1, 9.5, 10, 11],
      '/b"\n': [2, 2],
    };
    for (const [route, values] of Object.entries(observed)) {
      const series = histogram.series({ route, status: 200 });
      for (const value of values) {
        series.observe(value);
        expected.observe({ route, status: 200 }, value);
      }
      assert.equal(await registry.metrics(), await theirs.metrics());
    }
    const byPlace = (one: { metricName?: string | undefined }, other: typeof one) =>
      String(one.metricName).localeCompare(String(other.metricName));
    const { values } = await expected.get();
    const withoutMore = values.map(({ labels, value, metricName }) => ({ labels, value, metricName }));
    assert.deepEqual((await histogram.get()).values.sort(byPlace), withoutMore.sort(byPlace));
  });

  it("does not tell a series before its first value", async () => {
    const registry = new Registry();
    const histogram = createSeriesHistogram<"route">({ ...described, registers: [registry] });
    const series = histogram.series({ route: "/a" });
    assert.doesNotMatch(await registry.metrics(), /seconds_count/);
    series.observe(3);
    assert.match(await registry.metrics(), /seconds_count\{route="\/a"\} 1/);
  });
});

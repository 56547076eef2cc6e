import assert from "node:assert/strict";
import { createModelStatistics } from "../../../runtime/inference/model-statistics.ts";

const seconds = { parse: 0.001, queue: 0.002, compute: 0.003, serialise: 0.004 };

describe("model statistics", () => {
  it("adds up requests and runs by batch size, each version for itself", () => {
    const statistics = createModelStatistics(() => 1234);
    statistics.loaded({ model: "m", version: "10" });
    statistics.loaded({ model: "m", version: "9" });
    statistics.loaded({ model: "a", version: "1" });
    for (const rows of [4, 1, 4]) statistics.succeeded({ model: "m", version: "9" }, rows, seconds);
    // Two of them were run together.
    statistics.executed({ model: "m", version: "9" }, 5, { compute: 0.003 });
    statistics.executed({ model: "m", version: "9" }, 4, seconds);
    statistics.failed({ model: "m", version: "9" }, 0.5);
    statistics.cacheHit({ model: "m", version: "9" }, 0.25);
    statistics.cacheMissed({ model: "m", version: "9" }, 0.125);
    statistics.failed({ model: "", version: "" }, 0.5);
    assert.deepEqual(
      statistics.read().map(({ name, version }) => [name, version]),
      [
        ["a", "1"],
        ["m", "9"],
        ["m", "10"],
      ],
    );
    assert.equal(statistics.read("m").length, 2);
    const [record] = statistics.read("m", "9");
    const compute = (count: number) => ({
      compute_input: { count, ns: count * 1e6 },
      compute_infer: { count, ns: count * 3e6 },
      compute_output: { count, ns: count * 4e6 },
    });
    assert.deepEqual(record, {
      name: "m",
      version: "9",
      last_inference: 1234,
      inference_count: 9,
      execution_count: 2,
      inference_stats: {
        success: { count: 4, ns: 280e6 },
        fail: { count: 1, ns: 5e8 },
        queue: { count: 3, ns: 6e6 },
        cache_hit: { count: 1, ns: 250e6 },
        cache_miss: { count: 1, ns: 125e6 },
        ...compute(3),
      },
      batch_stats: [
        { batch_size: 4, ...compute(1) },
        {
          batch_size: 5,
          compute_input: { count: 1, ns: 0 },
          compute_infer: { count: 1, ns: 3e6 },
          compute_output: { count: 1, ns: 0 },
        },
      ],
    });
  });

  it("tells no more batch sizes apart than it has memory for", () => {
    const statistics = createModelStatistics();
    for (let rows = 1; rows <= 1000; rows += 1)
      statistics.executed({ model: "m", version: "1" }, rows, seconds);
    const [record] = statistics.read();
    assert.equal(record?.batch_stats.length, 256);
    assert.equal(record?.execution_count, 1000);
  });
});

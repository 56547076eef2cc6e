import assert from "node:assert/strict";
import { median, percentile, slope } from "../../../../bench/inference/load/statistics.ts";

describe("statistics of a load", () => {
  it("take the percentile by the nearest rank", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.deepEqual(
      [0, 0.5, 0.99, 1].map((share) => percentile(values, share)),
      [1, 50, 99, 100],
    );
    assert.equal(percentile([7], 0.99), 7);
    // As text 10 would come before 9.
    assert.equal(percentile([9, 10, 100], 0.5), 10);
  });

  it("take the median of an even number between the two in the middle", () => {
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([10, 9, 2]), 9);
  });

  it("refuse to make a figure of nothing", () => {
    assert.throws(() => percentile([], 0.5), RangeError);
    assert.throws(() => median([]), RangeError);
  });

  it("fit a line through points that scatter", () => {
    const points = [0, 1, 2, 3].map((x) => ({ x, y: 10 + 2 * x + (x % 2 === 0 ? 0.5 : -0.5) }));
    assert.ok(Math.abs((slope(points) ?? 0) - 1.8) < 1e-12);
    assert.equal(slope([{ x: 1, y: 5 }]), undefined);
    assert.equal(
      slope([
        { x: 1, y: 5 },
        { x: 1, y: 9 },
      ]),
      undefined,
    );
  });
});

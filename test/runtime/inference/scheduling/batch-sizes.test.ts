import assert from "node:assert/strict";
import { createBatchSizes } from "../../../../runtime/inference/scheduling/batch-sizes.ts";

describe("createBatchSizes", () => {
  /** Runs batches as chosen, of a queue that always holds so many rows. @returns their sizes */
  function run(
    sizes: ReturnType<typeof createBatchSizes>,
    { batches, waiting, cost }: { batches: number; waiting: number; cost: (rows: number) => number },
  ): number[] {
    return Array.from({ length: batches }, () => {
      const rows = sizes.choose(waiting);
      sizes.note(rows, rows * cost(rows));
      return rows;
    });
  }
  const growing = (rows: number) => 1 + rows / 32;
  const falling = (rows: number) => 1 + 1 / rows;

  /** One that has run enough to try sizes. */
  function tryingSizes(maximumSize: number, cost: (rows: number) => number) {
    const sizes = createBatchSizes(maximumSize);
    run(sizes, { batches: 2, waiting: maximumSize, cost });
    return sizes;
  }

  it("takes all that waits until twice the maximum has run", () => {
    const sizes = createBatchSizes(4);
    assert.deepEqual(sizes.measured, []);
    assert.deepEqual(run(sizes, { batches: 3, waiting: 3, cost: falling }), [3, 3, 3]);
    assert.equal(sizes.best, 2);
    assert.equal(sizes.choose(3), 1);
  });

  it("tries each size that can be filled, then keeps to the fastest", () => {
    const sizes = tryingSizes(12, falling);
    const chosen = run(sizes, { batches: 16, waiting: 12, cost: falling });
    assert.deepEqual(chosen, [1, 1, 1, 2, 2, 2, 4, 4, 4, 8, 8, 8, 12, 12, 12, 12]);
    assert.equal(sizes.best, 12);
    assert.deepEqual(
      sizes.measured.map(({ rows }) => rows),
      [1, 2, 4, 8, 12],
    );
  });

  it("goes no further at first where larger batches become slow", () => {
    const sizes = tryingSizes(64, growing);
    const chosen = run(sizes, { batches: 20, waiting: 64, cost: growing });
    assert.deepEqual(chosen.slice(0, 13), [1, 1, 1, 2, 2, 2, 4, 4, 4, 8, 8, 8, 1]);
    assert.deepEqual([sizes.best, Math.max(...chosen)], [1, 8]);
    assert.deepEqual(sizes.measured[0], { rows: 1, secondsPerRow: growing(1) });
  });

  it("takes the smaller size where a larger one is hardly faster", () => {
    const cost = (rows: number) => (rows === 1 ? 1 : rows === 2 ? 0.91 : 0.9);
    const sizes = tryingSizes(4, cost);
    run(sizes, { batches: 12, waiting: 4, cost });
    assert.equal(sizes.best, 2);
  });

  it("takes the fastest size, however small the gain, where twice as many rows wait", () => {
    const cost = (rows: number) => 1 - rows / 1000;
    const sizes = tryingSizes(8, cost);
    run(sizes, { batches: 20, waiting: 8, cost });
    assert.deepEqual(
      [4, 8, 15, 16].map((waiting) => sizes.choose(waiting)),
      [2, 4, 4, 8],
    );
    assert.equal(sizes.best, 1);
  });

  it("puts rows that take next to no time together, since each run costs something besides", () => {
    const cost = (rows: number) => 0.00001 * growing(rows);
    const sizes = tryingSizes(8, cost);
    run(sizes, { batches: 12, waiting: 8, cost });
    assert.equal(sizes.best, 8);
  });

  it("takes all that waits where it is less than the best size", () => {
    const sizes = tryingSizes(8, falling);
    run(sizes, { batches: 12, waiting: 8, cost: falling });
    assert.deepEqual([sizes.best, sizes.choose(5)], [8, 5]);
  });

  it("notices when another size has become the fastest, and tries others seldom", () => {
    const sizes = tryingSizes(8, falling);
    run(sizes, { batches: 20, waiting: 8, cost: falling });
    assert.equal(sizes.best, 8);
    const chosen = run(sizes, { batches: 3000, waiting: 8, cost: growing });
    assert.equal(sizes.best, 1);
    assert.deepEqual(chosen.slice(-1), [1]);
    const rows = chosen.slice(-1000).reduce((sum, size) => sum + size, 0);
    const tried = chosen.slice(-1000).reduce((sum, size) => sum + (size === 1 ? 0 : size), 0);
    assert.ok(tried > 0 && tried / rows < 0.03, `${tried} of ${rows} rows`);
  });

  it("is not misled by a run that something else held up", () => {
    const sizes = tryingSizes(2, falling);
    run(sizes, { batches: 6, waiting: 2, cost: falling });
    sizes.note(2, 1000);
    assert.equal(sizes.best, 2);
  });

  it("learns nothing from a single request of more rows than a batch", () => {
    const sizes = createBatchSizes(2);
    for (let count = 0; count < 4; count += 1) sizes.note(3, 0.001);
    assert.equal(sizes.best, undefined);
  });

  it("tries a size that requests of several rows do not make up no more often than others", () => {
    const sizes = createBatchSizes(4);
    const chosen = Array.from({ length: 15 }, () => {
      const size = sizes.choose(6);
      sizes.note(3, 3 * falling(3));
      return size;
    });
    assert.deepEqual(chosen, [6, 6, 6, 1, 1, 1, 2, 2, 2, 4, 4, 4, 2, 2, 2]);
  });
});

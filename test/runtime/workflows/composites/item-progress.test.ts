import assert from "node:assert/strict";
import type * as restate from "@restatedev/restate-sdk";
import { ItemProgress } from "../../../../runtime/workflows/composites/item-progress.ts";
import type { ItemCounts } from "../../../../runtime/workflows/run.ts";

/** What is written, item by item. */
function written(count: number): { writes: ItemCounts[]; progress: ItemProgress } {
  const writes: ItemCounts[] = [];
  const context = { set: (_key: string, counts: ItemCounts) => void writes.push(counts) };
  const progress = new ItemProgress(context as unknown as restate.WorkflowContext);
  for (let ended = 0; ended <= count; ended++)
    progress.progressed({ count, succeeded: ended - Math.floor(ended / 3), failed: Math.floor(ended / 3) });
  return { writes, progress };
}

describe("how far a task of many items has come", () => {
  it("is told at each item of a few", () => {
    const { writes } = written(3);
    assert.deepEqual(
      writes.map(({ succeeded, failed }) => [succeeded, failed]),
      [
        [0, 0],
        [1, 0],
        [2, 0],
        [2, 1],
      ],
    );
  });

  it("is told at each hundredth of many, and at last exactly", () => {
    const { writes, progress } = written(49_999);
    assert.ok(writes.length > 90 && writes.length <= 101, String(writes.length));
    assert.deepEqual(progress.counts, { count: 49_999, succeeded: 33_333, failed: 16_666 });
  });
});

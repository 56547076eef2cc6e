import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { taskLine } from "../../cli/run-view.ts";
import type { TaskRun } from "../../runtime/workflows/run.ts";

const task: TaskRun = {
  name: "files",
  uses: "map",
  state: "running",
  attempts: 1,
  startedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: null,
  inputs: null,
  outputs: null,
  error: null,
};
const line = (change: Partial<TaskRun>) => stripVTControlCharacters(taskLine({ ...task, ...change })).trim();

describe("the line of a task", () => {
  it("tells of a running task of many items how many have ended", () => {
    assert.match(line({}), /^▶ files +map +running$/);
    assert.match(line({ items: { count: 6, succeeded: 2, failed: 0 } }), /running +2 of 6 items$/);
    assert.match(line({ items: { count: 6, succeeded: 2, failed: 1 } }), /running +3 of 6 items, 1 failed$/);
  });

  it("tells of one that waits for a person what is asked", () => {
    const asking = { uses: "approve", state: "waiting" } as const;
    assert.match(
      line({ ...asking, inputs: { question: "Release it?" } }),
      /^\? files +approve +waiting +Release it\? \(yes, no\)$/,
    );
    const options = ["approve", "reject"];
    assert.match(line({ ...asking, inputs: { question: "Well?", options } }), /Well\? \(approve, reject\)$/);
    assert.match(line({ ...asking, uses: "event", inputs: { await: "parcel" } }), /event +waiting$/);
  });

  it("tells of one that has ended what came of it", () => {
    const items = { count: 6, succeeded: 6, failed: 0 };
    assert.match(line({ state: "succeeded", items, outputs: { count: 6 } }), /succeeded +count=6$/);
    assert.match(line({ state: "failed", items, error: "too many\nlines" }), /failed +too many$/);
  });
});

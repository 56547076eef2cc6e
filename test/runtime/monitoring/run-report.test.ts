import assert from "node:assert/strict";
import { runReport } from "../../../runtime/monitoring/run-report.ts";
import type { Run, TaskRun } from "../../../runtime/workflows/run.ts";

const time = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const task = (
  name: string,
  from: number | null,
  to: number | null,
  rest: Partial<TaskRun> = {},
): TaskRun => ({
  name,
  uses: "script",
  state: "succeeded",
  attempts: 1,
  startedAt: from === null ? null : time(from),
  finishedAt: to === null ? null : time(to),
  inputs: null,
  outputs: null,
  error: null,
  ...rest,
});
const run = (tasks: TaskRun[], rest: Partial<Run> = {}): Run => ({
  id: "r1",
  workflow: "w",
  version: 2,
  state: "succeeded",
  createdAt: time(0),
  startedAt: time(0),
  finishedAt: time(10),
  inputs: {},
  outputs: { repaired: true },
  error: null,
  tasks,
  ...rest,
});

describe("run report", () => {
  it("has result, tasks, longest path, outputs and advice", () => {
    const text = runReport(
      run([
        task("fetch", 0, 1),
        task("slow", 1, 9, { attempts: 3 }),
        task("side", 1, 2),
        task("end", 9, 10),
        task("never", null, null, { state: "skipped", attempts: 0 }),
      ]),
    );
    assert.match(text, /^# Run r1 of w\n\n- state: \*\*succeeded\*\*\n- workflow: w, version 2\n/);
    assert.match(text, /after 10\.000 s/);
    assert.match(text, /\| slow \| script \| succeeded \| 3 \| 8\.000 \|/);
    assert.match(text, /\| never \| script \| skipped \| 0 \| {2}\|/);
    assert.match(text, /fetch \(1\.000 s\) → slow \(8\.000 s\) → end \(1\.000 s\): 10\.000 s/);
    assert.match(text, /- repaired: `true`/);
    assert.match(text, /slow needed 3 attempts/);
    assert.match(text, /slow takes 73 % of the time/);
  });

  it("tells what failed, on one line of the table whatever the error holds", () => {
    const failed = task("a", 0, 1, { state: "failed", error: "first | line\nsecond" });
    const text = runReport(
      run([failed], { state: "failed", outputs: null, error: "task a failed: first | line\nsecond" }),
    );
    assert.match(text, /state: \*\*failed\*\* \(task a failed: first \\\| line second\)/);
    assert.match(text, /\| a \| script \| failed: first \\\| line second \| 1 \| 1\.000 \|/);
    assert.match(text, /tasks\.a\.state/);
  });

  it("says that a run goes on", () => {
    const text = runReport(
      run([task("a", 0, null, { state: "running" })], { state: "running", finishedAt: null }),
    );
    assert.match(text, /not finished/);
    assert.doesNotMatch(text, /Longest path/);
    assert.match(text, /the run has not ended/);
  });
});

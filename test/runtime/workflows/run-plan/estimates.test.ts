import assert from "node:assert/strict";
import type { Run, TaskRun } from "../../../../runtime/workflows/run.ts";
import {
  learnedDurations,
  learnFrom,
  readEstimates,
  withRun,
} from "../../../../runtime/workflows/run-plan/estimates.ts";
import { parseWorkflow } from "../../../../runtime/workflows/specification.ts";
import { temporaryStore } from "../../inference/models.ts";

const task = (name: string, seconds: number, more: Partial<TaskRun> = {}) =>
  ({
    name,
    state: "succeeded",
    startedAt: "2026-01-01T00:00:00.000Z",
    finishedAt: new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString(),
    ...more,
  }) as TaskRun;
const run = (id: string, ...tasks: TaskRun[]) => ({ id, workflow: "w", tasks }) as Run;

const { workflow } = parseWorkflow(`
name: w
tasks:
  declared: { uses: decide, with: { outputs: { a: 1 } }, duration: 10 }
  unknown: { uses: decide, with: { outputs: { a: 1 } } }
`);

describe("estimates of tasks", () => {
  it("count a declared duration as three runs", () => {
    const estimates = withRun({}, run("one", task("declared", 50), task("unknown", 4)));
    assert.deepEqual(
      [...learnedDurations(workflow, estimates ?? {})],
      [
        ["declared", { expected: 20, p50: 10, p90: 50 }],
        ["unknown", { expected: 4, p50: 4, p90: 4 }],
      ],
    );
  });

  it("come to what was measured with each run", () => {
    let estimates = {};
    for (let at = 0; at < 40; at++)
      estimates = withRun(estimates, run(`run-${at}`, task("declared", 50))) ?? {};
    const [[, learned] = []] = [...learnedDurations(workflow, estimates)];
    // Of the 30 runs that are kept, beside three of 10 s.
    assert.deepEqual(learned, { expected: Math.round((1530 / 33) * 1000) / 1000, p50: 50, p90: 50 });
  });

  it("learn nothing of failures, of what stood in for a task, and of a run that is told again", () => {
    const failed = task("declared", 50, { state: "failed" });
    const replaced = task("unknown", 50, { fallback: { error: "it failed" } });
    assert.equal(withRun({}, run("one", failed, replaced)), undefined);
    const once = withRun({}, run("one", task("unknown", 3))) ?? {};
    assert.equal(withRun(once, run("one", task("unknown", 3))), undefined);
  });

  it("keep what runs tell at the same time", async () => {
    const { store, remove } = await temporaryStore();
    const ids = Array.from({ length: 8 }, (_, at) => `run-${at}`);
    await Promise.all(ids.map((id, at) => learnFrom(store, "w", [run(id, task("unknown", at))])));
    const { unknown = [] } = await readEstimates(store, "w");
    assert.deepEqual(unknown.map(({ run }) => run).sort(), ids);
    await remove();
  });
});

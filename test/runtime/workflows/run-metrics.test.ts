import assert from "node:assert/strict";
import { join } from "node:path";
import { Registry } from "prom-client";
import { createLocalObjectStore } from "../../../runtime/object-store/local.ts";
import type { Run } from "../../../runtime/workflows/run.ts";
import { measureRuns } from "../../../runtime/workflows/run-metrics.ts";
import { createRunRepository } from "../../../runtime/workflows/run-repository.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const run: Run = {
  id: "one",
  workflow: "repair",
  version: 1,
  state: "failed",
  createdAt: "2026-01-01T00:00:00.000Z",
  startedAt: "2026-01-01T00:00:01.000Z",
  finishedAt: "2026-01-01T00:00:04.500Z",
  inputs: {},
  outputs: null,
  error: "task x failed",
  tasks: [],
};

describe("metrics of runs", () => {
  const folder = temporaryFolder();

  it("count a run by workflow and state, with its duration, once it is written", async () => {
    const registry = new Registry();
    const runs = measureRuns(
      createRunRepository(await createLocalObjectStore({ folder: join(folder.path, "bucket") })),
      registry,
    );
    await runs.recordStart({ ...run, state: "pending", finishedAt: null });
    assert.doesNotMatch(await registry.metrics(), /workflow="repair"/);
    await runs.recordEnd(run);
    const text = await registry.metrics();
    assert.match(text, /^skyloom_runs_finished_total\{workflow="repair",state="failed"\} 1$/m);
    assert.match(text, /^skyloom_run_duration_seconds_sum\{workflow="repair"\} 4\.5$/m);
    assert.deepEqual(await runs.read("one"), run);
  });

  it("do not count a run that could not be written", async () => {
    const registry = new Registry();
    const store = await createLocalObjectStore({ folder: join(folder.path, "full") });
    const runs = createRunRepository(store);
    const recordEnd = () => Promise.reject(new Error("the disk is full"));
    await assert.rejects(measureRuns({ ...runs, recordEnd }, registry).recordEnd(run), /disk is full/);
    assert.doesNotMatch(await registry.metrics(), /workflow="repair"/);
  });
});

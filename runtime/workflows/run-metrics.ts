import { Counter, Histogram, type Registry } from "prom-client";
import type { RunRepository } from "./run-repository.ts";

/** The repository, which counts the runs that end here; a step that Restate repeats after a crash counts again. */
export function measureRuns(runs: RunRepository, registry: Registry): RunRepository {
  const registers = [registry];
  const finished = new Counter({
    name: "skyloom_runs_finished_total",
    help: "Workflow runs that ended, by workflow and state: succeeded, failed, cancelled",
    labelNames: ["workflow", "state"],
    registers,
  });
  const duration = new Histogram({
    name: "skyloom_run_duration_seconds",
    help: "Seconds from a workflow run's creation to its end",
    labelNames: ["workflow"],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400],
    registers,
  });
  return {
    ...runs,
    async recordEnd(run, etag) {
      await runs.recordEnd(run, etag);
      const { workflow, state, createdAt, finishedAt } = run;
      finished.inc({ workflow, state });
      if (finishedAt !== null)
        duration.observe({ workflow }, (Date.parse(finishedAt) - Date.parse(createdAt)) / 1000);
    },
  };
}

import type { ObjectStore } from "../../object-store/object-store.ts";
import type { RunRepository } from "../run-repository.ts";
import type { WorkflowLogger } from "../task-type.ts";
import { learnFromRun } from "./estimates.ts";

/** The repository, which learns from the runs that end here; what cannot be learned does not keep a run from its end. */
export function learnFromRuns(
  runs: RunRepository,
  store: ObjectStore,
  logger: WorkflowLogger,
): RunRepository {
  return {
    ...runs,
    async recordEnd(run) {
      await runs.recordEnd(run);
      await learnFromRun(store, run).catch((error) =>
        logger.warn({ err: error, run: run.id }, "nothing was learned from the run"),
      );
    },
  };
}

import { isoTime } from "./run-document.ts";
import { carryOut } from "./task-kinds/carry-out.ts";
import type { RunScope } from "./task-kinds/task-kind.ts";

/**
 * Undoes a task that succeeded in a run that did not. Its failure is recorded with the task, and nothing else stops for it.
 * @returns false where there is nothing to undo
 */
export function startCompensation(name: string, run: RunScope): boolean {
  const { compensation, retries, timeout } = run.specification(name);
  if (compensation === undefined) return false;
  const startedAt = isoTime(run.clock);
  const common = { startedAt, finishedAt: null, error: null };
  const update = (change: object) =>
    run.update(name, {
      compensation: { state: "running", attempts: 0, ...common, ...run.record(name).compensation, ...change },
    });
  update({});
  const parameters = run.tryEvaluate(name, compensation.with);
  if ("error" in parameters) {
    update({ state: "failed", error: parameters.error, finishedAt: startedAt });
    return false;
  }
  const action = {
    task: name,
    name: `${name}/compensation`,
    uses: compensation.uses,
    parameters: parameters.value,
  };
  carryOut({ ...action, retries, timeout, survivesCancel: true }, run, {
    changed: ({ attempts, error }) => update({ attempts, ...(error !== undefined && { error }) }),
    ended: ({ outcome, attempts, finishedAt }) =>
      update({
        attempts,
        finishedAt: isoTime(finishedAt),
        ...("outputs" in outcome
          ? { state: "succeeded", error: null }
          : { state: "failed", error: outcome.failure.message }),
      }),
  });
  return true;
}

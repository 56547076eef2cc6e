import { isoTime } from "../run-document.ts";
import type { Fallback } from "../workflow.ts";
import { carryOut } from "./carry-out.ts";
import type { RunScope, TaskFailure } from "./task-kind.ts";

/** Another action, or given outputs, stand in for a task that finally failed. Its record tells why. */
export function startFallback(name: string, fallback: Fallback, failure: TaskFailure, run: RunScope): void {
  run.update(name, { fallback: { error: failure.message } });
  const evaluated = run.evaluate(name, "outputs" in fallback ? fallback.outputs : fallback.with);
  if (evaluated === undefined) return;
  if ("outputs" in fallback) {
    run.succeed(name, evaluated.value as Record<string, never>);
    return;
  }
  const { retries, timeout } = run.specification(name);
  if (run.record(name).startedAt === null) run.update(name, { startedAt: isoTime(run.clock) });
  const { attempts: before } = run.record(name);
  const action = { task: name, name: `${name}/fallback`, uses: fallback.uses, parameters: evaluated.value };
  carryOut({ ...action, retries, timeout }, run, {
    changed: ({ attempts, ...change }) => run.update(name, { ...change, attempts: before + attempts }),
    ended: ({ outcome }) => {
      if ("outputs" in outcome) run.succeed(name, outcome.outputs);
      else if (run.cancelRequest !== undefined) run.cancelled(name, outcome.failure.message);
      else
        run.fail(name, {
          code: outcome.failure.code,
          message: `${failure.message}; then its fallback failed: ${outcome.failure.message}`,
        });
    },
  });
}

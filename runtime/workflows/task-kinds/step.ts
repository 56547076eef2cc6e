import { acquireResources } from "../admission/hold-resources.ts";
import { isoTime, recordedInputs } from "../run-document.ts";
import { type ActionResult, carryOut } from "./carry-out.ts";
import type { RunScope, TaskKind } from "./task-kind.ts";

/** A task of attempts, each a durable step of the run or an invocation of its own. */
export const step: TaskKind = {
  takesTurn: true,
  keepsDeadline: true,
  start(name, run) {
    acquireResources(name, run, () => begin(name, run));
  },
};

function begin(name: string, run: RunScope): void {
  const evaluated = run.parameters(name);
  if (evaluated === undefined) return;
  const cache = cacheOf(name, run);
  if (cache === "failed") return;
  const { uses, retries, timeout } = run.specification(name);
  run.update(name, { startedAt: isoTime(run.clock), inputs: recordedInputs(evaluated.value) });
  const deadlineAt = run.deadlineAt(name);
  const action = {
    task: name,
    name,
    uses,
    parameters: evaluated.value,
    retries,
    timeout,
    deadlineAt,
    cache,
  };
  carryOut(action, run, {
    changed: (change) => run.update(name, change),
    ended: (result) => ended(name, result, run),
  });
}

function ended(name: string, result: ActionResult, run: RunScope): void {
  const { outcome, usage, touched, attempts } = result;
  // The record of a first attempt tells when it really began.
  if (attempts === 1) run.update(name, { startedAt: isoTime(result.startedAt) });
  if (usage !== undefined) run.update(name, { usage });
  if (touched !== undefined) run.update(name, { touched });
  if ("outputs" in outcome) run.succeed(name, outcome.outputs);
  else if (run.cancelRequest !== undefined) run.cancelled(name, outcome.failure.message);
  else run.fail(name, outcome.failure);
}

function cacheOf(name: string, run: RunScope): { key: string; maximumAge?: number } | undefined | "failed" {
  const { cache } = run.specification(name);
  if (cache === undefined) return undefined;
  const key = run.evaluate(name, cache.key);
  return key === undefined ? "failed" : { ...cache, key: String(key.value) };
}

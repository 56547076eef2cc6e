import { type AttemptResult, cancelledCode, deadlineCode } from "../attempt.ts";
import type { AttemptRequest } from "../attempt-request.ts";
import type { Usage } from "../run.ts";
import type { TouchedKeys } from "../touched-keys.ts";
import type { Json, RetryPolicy } from "../workflow.ts";
import type { RunScope, TaskFailure } from "./task-kind.ts";

/** Something that a task does by attempts: the task itself, an item of it, its fallback, its compensation. */
export interface TaskAction {
  task: string;
  /** The task, or `TASK/…`; its log has the same name. */
  name: string;
  uses: string;
  /** The evaluated `with`. */
  parameters: Json;
  retries: RetryPolicy;
  /** Seconds for each attempt. */
  timeout: number;
  /** Milliseconds since 1970 after which no attempt begins. */
  deadlineAt?: number | undefined;
  cache?: AttemptRequest["cache"] | undefined;
  /** It goes on when the run is cancelled, and no cancel is seen in its results. Default false. */
  survivesCancel?: boolean;
}

/** Times are milliseconds since 1970; none is before the run's clock was when the attempt was asked for. */
export interface ActionResult {
  startedAt: number;
  finishedAt: number;
  attempts: number;
  usage: Usage | undefined;
  /** By the last attempt. */
  touched: TouchedKeys | undefined;
  outcome: { outputs: Record<string, Json> } | { failure: TaskFailure };
}

export interface ActionEvents {
  /** An attempt begins (`running`), or the next one does after a pause (`waiting`). */
  changed(change: { state: "running" | "waiting"; attempts: number; error?: string }): void;
  /** By its last attempt; the run's clock has moved to its end. */
  ended(result: ActionResult): void;
}

/** Makes attempts until one succeeds or none is left. */
export function carryOut(action: TaskAction, run: RunScope, events: ActionEvents): void {
  const { task, name, retries, deadlineAt, survivesCancel = false } = action;
  let usage: Usage | undefined;

  function start(attempt: number): void {
    events.changed({ state: "running", attempts: attempt });
    const askedAt = run.clock;
    run.attempt(requestOf(action, attempt, run), (result) => ended(attempt, askedAt, result), {
      survivesCancel,
    });
  }

  function ended(attempt: number, askedAt: number, result: AttemptResult): void {
    // Another replica's clock may be behind.
    const behind = Math.max(0, askedAt - result.startedAt);
    const times = { startedAt: result.startedAt + behind, finishedAt: result.finishedAt + behind };
    run.advance(times.finishedAt);
    usage = added(usage, result.usage);
    const end = (outcome: ActionResult["outcome"]) =>
      events.ended({ ...times, attempts: attempt, usage, touched: result.touched, outcome });
    if ("outputs" in result) {
      end({ outputs: result.outputs });
      return;
    }
    const { error } = result;
    if (error.code === cancelledCode && !survivesCancel) run.cancel({ reason: error.message, at: run.clock });
    const isTriedAgain = retries.errors?.includes(error.code) ?? result.isRetryable;
    const isEnding = run.cancelRequest !== undefined && !survivesCancel;
    if (isEnding || !isTriedAgain || attempt > retries.maximum) end({ failure: error });
    else again(attempt, error, end);
  }

  function again(attempt: number, error: TaskFailure, end: (outcome: ActionResult["outcome"]) => void): void {
    const interval = intervalAfter(attempt, retries);
    if (deadlineAt !== undefined && run.clock + interval >= deadlineAt) {
      const message = `no time was left for another attempt before the deadline; the last failed: ${error.message}`;
      end({ failure: { code: deadlineCode, message } });
      return;
    }
    if (interval === 0) {
      start(attempt + 1);
      return;
    }
    events.changed({ state: "waiting", attempts: attempt, error: error.message });
    const passed = run.sleepUntil(run.clock + interval, name);
    run.wait(task, passed, () => start(attempt + 1), { endsByItself: survivesCancel });
  }

  start(1);
}

function requestOf(action: TaskAction, attempt: number, run: RunScope): AttemptRequest {
  const { input } = run;
  const { task, name, uses, parameters, timeout, deadlineAt, cache } = action;
  const { granted } = run.record(task);
  return {
    runId: input.id,
    workflow: input.workflow.name,
    version: input.version,
    task,
    name,
    key: run.keyOf(name),
    attempt,
    uses,
    parameters,
    pace: input.pace,
    timeout,
    ...(granted != null && { resources: granted }),
    ...(deadlineAt !== undefined && { deadlineAt }),
    ...(cache !== undefined && { cache }),
  };
}

/** Milliseconds. */
function intervalAfter(attempt: number, { initialInterval, factor, maximumInterval }: RetryPolicy): number {
  return Math.round(Math.min(initialInterval * factor ** (attempt - 1), maximumInterval) * 1000);
}

/** What took time adds up; of memory the most at once counts. */
function added(one: Usage | undefined, other: Usage | undefined): Usage | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const sum = { ...one, ...other };
  for (const name of ["cpuSeconds", "gpuSeconds"] as const)
    if (one[name] !== undefined && other[name] !== undefined) sum[name] = one[name] + other[name];
  if (one.peakMemoryBytes !== undefined && other.peakMemoryBytes !== undefined)
    sum.peakMemoryBytes = Math.max(one.peakMemoryBytes, other.peakMemoryBytes);
  return sum;
}

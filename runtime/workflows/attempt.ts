import { setTimeout as delay } from "node:timers/promises";
import { ApiError, errorMessage, invalidInput } from "../errors.ts";
import type { Clock } from "./clock.ts";
import type { Usage } from "./run.ts";
import type { TaskLog } from "./task-log.ts";
import type { StepTaskType, TaskContext } from "./task-type.ts";
import type { TouchedKeys } from "./touched-keys.ts";
import type { Json } from "./workflow.ts";

const maximumOutputsBytes = 256 * 1024;

/** What a durable step records. It never throws for a failed task: the failure is a result that is recorded too. */
export type AttemptResult = {
  startedAt: number;
  finishedAt: number;
  usage?: Usage;
  touched?: TouchedKeys;
} & ({ outputs: Record<string, Json> } | { error: { code: string; message: string }; isRetryable: boolean });

export interface AttemptOptions {
  type: StepTaskType<unknown>;
  /** The evaluated `with`. */
  parameters: Json;
  /** Seconds that the step is held before it acts. */
  pace: number;
  /** Seconds. */
  timeout: number;
  /** Milliseconds since 1970 by which it must have ended. Default: none. */
  deadlineAt?: number | undefined;
  clock: Pick<Clock, "now">;
  context: Omit<TaskContext, "signal" | "log" | "usage">;
  /** Called with the first text; the log is closed before the attempt's result is given. */
  openLog(): TaskLog;
  /** Aborted when the run is cancelled. */
  cancelled: AbortSignal;
  /** Aborted when this process lost the right to record the step's result. */
  abandoned: AbortSignal;
}

/**
 * One attempt of a task.
 * @throws only when abandoned: then nothing may be recorded, and the step runs again elsewhere
 */
export async function attemptTask(options: AttemptOptions): Promise<AttemptResult> {
  let usage: Usage | undefined;
  let log: TaskLog | undefined;
  const context = {
    ...options.context,
    log(text: string | Uint8Array) {
      log ??= options.openLog();
      log.append(text);
    },
    usage: (measured: Usage) => {
      usage = { ...usage, ...measured };
    },
  };
  const result = await outcome(options, context).finally(() => log?.close());
  return usage === undefined ? result : { ...result, usage };
}

async function outcome(
  options: AttemptOptions,
  context: Omit<TaskContext, "signal">,
): Promise<AttemptResult> {
  const startedAt = options.clock.now();
  const begun = performance.now();
  // By a clock that never jumps: no attempt ends before it began.
  const times = () => ({ startedAt, finishedAt: startedAt + Math.round(performance.now() - begun) });
  try {
    await hold(options);
    const parameters = options.type.schema.safeParse(options.parameters);
    if (!parameters.success)
      throw invalidInput(
        "invalid-parameters",
        parameters.error.issues.map((issue) => ({
          path: ["with", ...issue.path].join("."),
          message: issue.message,
        })),
        "parameters",
      );
    const outputs = checkOutputs(await execute(options, context, parameters.data));
    return { ...times(), outputs };
  } catch (error) {
    if (options.abandoned.aborted) throw error;
    return { ...times(), ...failureOf(error) };
  }
}

/** Before the effect, not after it: a process lost meanwhile has done nothing yet. */
async function hold({ pace, cancelled, abandoned }: AttemptOptions): Promise<void> {
  if (cancelled.aborted) throw cancellation();
  if (pace <= 0) return;
  try {
    await delay(pace * 1000, undefined, { signal: AbortSignal.any([cancelled, abandoned]) });
  } catch {
    throw cancellation();
  }
}

async function execute(
  options: AttemptOptions,
  context: Omit<TaskContext, "signal">,
  parameters: unknown,
): Promise<unknown> {
  const { type, timeout, cancelled, abandoned } = options;
  const controller = new AbortController();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  stopped.catch(() => undefined);
  function stop(reason: ApiError): void {
    controller.abort(reason);
    reject(reason);
  }
  const timer = setTimeout(() => stop(timedOut(timeout)), timeout * 1000);
  const left = options.deadlineAt === undefined ? undefined : options.deadlineAt - options.clock.now();
  const deadline =
    left === undefined || left > timeout * 1000
      ? undefined
      : setTimeout(() => stop(deadlinePassed()), Math.max(0, left));
  const cancel = () => stop(cancellation());
  const giveUp = () => stop(abandonment());
  cancelled.addEventListener("abort", cancel, { once: true });
  abandoned.addEventListener("abort", giveUp, { once: true });
  if (cancelled.aborted) cancel();
  if (abandoned.aborted) giveUp();
  const execution = type.execute(parameters, { ...context, signal: controller.signal });
  try {
    return await Promise.race([execution, stopped]);
  } catch (error) {
    // A task that honours the signal (a script whose group is killed) ends before its attempt is recorded.
    if (controller.signal.aborted)
      await Promise.race([execution.catch(() => undefined), delay(5000, undefined, { ref: false })]);
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    clearTimeout(deadline);
    cancelled.removeEventListener("abort", cancel);
    abandoned.removeEventListener("abort", giveUp);
  }
}

/** @throws ApiError `outputs-too-large` (422) */
export function checkOutputs(outputs: unknown): Record<string, Json> {
  const text = JSON.stringify(outputs);
  const bytes = Buffer.byteLength(text);
  if (bytes > maximumOutputsBytes)
    throw new ApiError(
      `the outputs are ${bytes} bytes, at most ${maximumOutputsBytes} are allowed: put large data into the bucket`,
      { status: 422, code: "outputs-too-large" },
    );
  return JSON.parse(text) as Record<string, Json>;
}

export function failureOf(error: unknown): {
  error: { code: string; message: string };
  isRetryable: boolean;
} {
  if (!(error instanceof ApiError))
    return { error: { code: "internal-error", message: errorMessage(error) }, isRetryable: true };
  const isCallersFault =
    error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
  return { error: { code: error.code, message: error.message }, isRetryable: !isCallersFault };
}

function timedOut(seconds: number): ApiError {
  return new ApiError(`the attempt took longer than its timeout of ${seconds} s`, {
    status: 504,
    code: "task-timeout",
  });
}

export const deadlineCode = "task-deadline";

function deadlinePassed(): ApiError {
  return new ApiError("the task's deadline passed while it ran", { status: 422, code: deadlineCode });
}

export const cancelledCode = "cancelled";

export function cancellation(): ApiError {
  return new ApiError("the run was cancelled", { status: 409, code: cancelledCode });
}

function abandonment(): ApiError {
  return new ApiError("this process gave the attempt up", { status: 503, code: "abandoned" });
}

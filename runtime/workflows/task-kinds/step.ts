import { type AttemptResult, attemptTask, cancelledCode } from "../attempt.ts";
import type { Resources } from "../resources.ts";
import { isoTime, recordedInputs } from "../run-record.ts";
import { createTaskLog } from "../task-log.ts";
import type { StepTaskType } from "../task-type.ts";
import { taskTypes } from "../task-types/task-types.ts";
import type { Json, RetryPolicy } from "../workflow.ts";
import type { RunScope, TaskKind } from "./task-kind.ts";

/** A task of attempts, each a durable step of the run. */
export const step: TaskKind = {
  takesTurn: true,
  start(name, run) {
    const parameters = run.parameters(name);
    if (parameters === undefined) return;
    run.update(name, { startedAt: isoTime(run.clock), inputs: recordedInputs(parameters.value) });
    startAttempt(name, run);
  },
};

function startAttempt(name: string, run: RunScope): void {
  const attempt = run.record(name).attempts + 1;
  const parameters = run.parameters(name);
  if (parameters === undefined) return;
  run.update(name, { state: "running", attempts: attempt });
  const result = run.context.run(`${name}#${attempt}`, () =>
    executeAttempt(name, attempt, parameters.value, run),
  );
  run.wait(name, result, (value) => attemptEnded(name, value, run), { endsByItself: true });
}

/** Runs inside the durable step. */
function executeAttempt(
  name: string,
  attempt: number,
  parameters: Json,
  { input, services, context, cancellation, specification }: RunScope,
): Promise<AttemptResult> {
  const { id, version, workflow, pace } = input;
  const { executions, workflows, store, secrets, outbound, mailer, inference, containers, logger } = services;
  const task = specification(name);
  const key = `${id}/${name}`;
  return executions.run(key, () =>
    attemptTask({
      type: taskTypes.get(task.uses) as StepTaskType<unknown>,
      parameters,
      pace,
      timeout: task.timeout,
      cancelled: cancellation,
      abandoned: context.request().attemptCompletedSignal,
      log: createTaskLog({ store, logger, runId: id, name, attempt }),
      context: {
        runId: id,
        task: name,
        attempt,
        key,
        store,
        secrets,
        outbound,
        mailer,
        inference,
        containers,
        resources: leastOf(task.resources),
        logger,
        files: async () => (await workflows.get(workflow.name, version)).files,
      },
    }),
  );
}

/** What a task cannot do without. */
function leastOf({ cpu, memory, gpu, gpuType, storage }: Resources = {}) {
  return {
    cpu: cpu?.minimum,
    memory: memory?.minimum,
    gpu: gpu?.minimum,
    storage: storage?.minimum,
    gpuType,
  };
}

function attemptEnded(name: string, result: AttemptResult, run: RunScope): void {
  run.advance(result.finishedAt);
  const task = run.record(name);
  // The record of a first attempt tells when it really began.
  if (task.attempts === 1) run.update(name, { startedAt: isoTime(result.startedAt) });
  if (result.usage !== undefined) run.update(name, { usage: result.usage });
  if ("outputs" in result) {
    run.succeed(name, result.outputs);
    return;
  }
  const { code, message } = result.error;
  const { retries } = run.specification(name);
  if (code === cancelledCode && run.cancelRequest === undefined)
    run.cancel({ reason: message, at: result.finishedAt });
  if (run.cancelRequest !== undefined) run.cancelled(name, message);
  else if (!result.isRetryable || task.attempts > retries.maximum) run.fail(name, result.error);
  else retryLater(name, task.attempts, retries, message, run);
}

function retryLater(
  name: string,
  attempts: number,
  retries: RetryPolicy,
  error: string,
  run: RunScope,
): void {
  const interval = Math.min(
    retries.initialInterval * retries.factor ** (attempts - 1),
    retries.maximumInterval,
  );
  run.update(name, { state: "waiting", error });
  run.wait(name, run.context.sleep(Math.round(interval * 1000)), () => startAttempt(name, run));
}

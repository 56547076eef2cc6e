import type { Grant } from "./admission/amounts.ts";
import { type AttemptResult, attemptTask } from "./attempt.ts";
import type { RunServices } from "./run-state.ts";
import { createTaskLog } from "./task-log.ts";
import { createTaskResults, resultKey } from "./task-results.ts";
import type { StepTaskType } from "./task-type.ts";
import { taskTypes } from "./task-types/task-types.ts";
import { RememberingStore } from "./touched-keys.ts";
import type { Json } from "./workflow.ts";

/**
 * All that one attempt of a task, of an item of it, of its fallback or of its compensation depends on. It is sent to other
 * replicas, perhaps of another release: members are only ever added, and those are optional.
 */
export interface AttemptRequest {
  runId: string;
  workflow: string;
  version: number;
  task: string;
  /** What it is called in the journal and in the logs: the task, or `TASK/ITEM`, `TASK/fallback`, `TASK/compensation`. */
  name: string;
  /** The same in every attempt, so that an effect can be made idempotent. */
  key: string;
  /** 1 at the first. */
  attempt: number;
  uses: string;
  /** The evaluated `with`. */
  parameters: Json;
  /** Seconds that it is held before it acts. */
  pace: number;
  /** Seconds. */
  timeout: number;
  /** Milliseconds since 1970 by which it must have ended. */
  deadlineAt?: number;
  /** What it was granted; what is absent is not limited. */
  resources?: Grant;
  /** Its result is looked for, and kept, by its content and `key`. */
  cache?: { key: string; maximumAge?: number };
}

export interface AttemptSignals {
  /** Aborted when the run is cancelled. */
  cancelled: AbortSignal;
  /** Aborted when this process lost the right to record the result. */
  abandoned: AbortSignal;
}

/** Carries out an attempt in this process. @throws only when abandoned */
export async function performAttempt(
  request: AttemptRequest,
  services: RunServices,
  signals: AttemptSignals,
): Promise<AttemptResult> {
  const { runId, workflow, version, task, name, key, attempt, cache } = request;
  const { executions, workflows, store, secrets, outbound, mailer, inference, containers, logger } = services;
  const { modelSigner, clock } = services;
  const remembering = new RememberingStore(store);
  const files = async () => (await workflows.getStored(workflow, version)).files;
  const context = {
    runId,
    task,
    attempt,
    key,
    store: remembering,
    secrets,
    outbound,
    mailer,
    inference,
    modelSigner,
    containers,
    timeout: request.timeout,
    resources: request.resources,
    logger,
    files,
  };
  const type = taskTypes.get(request.uses) as StepTaskType<unknown>;
  const result = await executions.run(key, () =>
    attemptTask({
      type: cache === undefined ? type : cached(type, request, cache, clock.now),
      parameters: request.parameters,
      pace: request.pace,
      timeout: request.timeout,
      deadlineAt: request.deadlineAt,
      ...signals,
      clock,
      openLog: () => createTaskLog({ store, logger, runId, name, attempt, now: clock.now }),
      context,
    }),
  );
  const touched = remembering.touched();
  return touched === undefined ? result : { ...result, touched };
}

/** The type, which looks for a result of the same content first, and keeps the one that it gives. */
function cached(
  type: StepTaskType<unknown>,
  { uses, parameters }: AttemptRequest,
  { key, maximumAge }: { key: string; maximumAge?: number },
  now: () => number,
): StepTaskType<unknown> {
  return {
    ...type,
    async execute(parsed, context) {
      const results = createTaskResults(context.store, now);
      const content = resultKey({ uses, parameters, files: await context.files(), key });
      const found = await results.find(content, maximumAge);
      if (found !== undefined) {
        context.log("the result was known: it is taken from the cache\n");
        return found;
      }
      const outputs = await type.execute(parsed, context);
      await results.keep(content, outputs);
      return outputs;
    },
  };
}

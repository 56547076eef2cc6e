import * as restate from "@restatedev/restate-sdk";
import { ApiError } from "../../errors.ts";
import { type AttemptResult, cancellation } from "../attempt.ts";
import { atTime } from "../clock.ts";
import { defaultRetries } from "../defaults.ts";
import type { CancelRequest, RunServices } from "../run-state.ts";
import type { CompositeContext } from "../task-type.ts";
import { taskTypes } from "../task-types/task-types.ts";
import { evaluateTemplate, parseTemplate } from "../templates.ts";
import type { Json, RetryPolicy } from "../workflow.ts";
import { attemptItems } from "./attempt-items.ts";
import type { CompositeInput } from "./composite-service.ts";
import { runItems } from "./item-pool.ts";
import type { ItemProgress } from "./item-progress.ts";

export interface CompositeContextOptions {
  context: restate.WorkflowContext;
  input: CompositeInput;
  services: RunServices;
  /** Aborts the steps that this process executes for the task. */
  controller: AbortController;
  cancelled: restate.RestatePromise<CancelRequest>;
  progress: ItemProgress;
}

/** A recorded value is part of the journal, which is read again after each crash. */
const maximumRecordedBytes = 16 * 1024 * 1024;

const maximumBatchSize = 50;
const isCancelled = Symbol("cancelled");

type Recorded<Value> = { value: Value } | { failure: { message: string; code: string; status: number } };

/** What a type of composite task acts with; each of its promises rejects with `cancelled` once the run is cancelled. */
export function createCompositeContext(options: CompositeContextOptions): CompositeContext {
  const { context, input, services, controller, cancelled, progress } = options;
  const cancel = cancelled.map(() => isCancelled);

  async function first<Value>(promises: restate.RestatePromise<Value>[]): Promise<Value> {
    const result = await restate.RestatePromise.race<restate.RestatePromise<unknown>[]>([
      ...promises,
      cancel,
    ]);
    if (result !== isCancelled) return result as Value;
    controller.abort();
    throw cancellation();
  }

  async function record<Value>(name: string, action: () => Promise<Value>): Promise<Value> {
    const result = await first([context.run(name, () => recorded(name, action))]);
    if ("value" in result) return result.value;
    throw new ApiError(result.failure.message, result.failure);
  }

  function evaluate(template: string, item: Json, index: number): Json {
    return evaluateTemplate(parseTemplate(template.trim()), { ...input.scope, item, index });
  }

  return {
    runId: input.runId,
    task: input.task,
    store: services.store,
    evaluate,
    record,
    async forEach(items, { do: body, concurrency, mayFail }) {
      const type = taskTypes.get(body.uses);
      if (type?.kind !== "step")
        throw new ApiError(`with.do.uses: "${body.uses}" is no type of task that a body may have`, {
          status: 422,
          code: "invalid-parameters",
        });
      const invocations = new Set<restate.InvocationPromise<AttemptResult>>();
      const bodyOptions = { ...options, body, type, items, mayFail, invocations };
      const batchSize = type.isolated === undefined ? batchSizeFor(items.length) : 1;
      return await runItems({
        count: items.length,
        concurrency,
        retries: { ...defaultRetries, ...body.retries } as RetryPolicy,
        mayFail,
        batchSize,
        attempt: (indexes, number) => attemptItems(bodyOptions, indexes, number),
        progressed: (counts) => progress.progressed(counts),
        sleep: (milliseconds) => atTime(services.clock.now(), () => context.sleep(milliseconds)),
        first,
        all: async (promises) => {
          for (const invocation of invocations) context.cancel(await invocation.invocationId);
          await restate.RestatePromise.allSettled(promises);
        },
      });
    },
  };
}

/** Recording costs more than a small step: many items are recorded in batches. */
function batchSizeFor(count: number): number {
  return Math.min(maximumBatchSize, Math.ceil(count / 200));
}

/** Runs within a durable step: a failure that is a caller's is recorded, another one is tried again by Restate. */
async function recorded<Value>(name: string, action: () => Promise<Value>): Promise<Recorded<Value>> {
  try {
    const value = await action();
    const bytes = Buffer.byteLength(JSON.stringify(value));
    if (bytes <= maximumRecordedBytes) return { value };
    throw new ApiError(
      `the ${name} are ${bytes} bytes, at most ${maximumRecordedBytes} are allowed: work on parts of them, each with a task of its own`,
      { status: 422, code: "too-large" },
    );
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    const { message, code, status } = error;
    return { failure: { message, code, status } };
  }
}

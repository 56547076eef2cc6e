import { Worker } from "node:worker_threads";
import { ApiError } from "../../errors.ts";
import { threadResources } from "../../processes/code-range.ts";
import type { PlanAnswer } from "../answer/plan-answer.ts";
import type { CapacityAnswer } from "../capacity-planning/capacity-answer.ts";
import type { CapacityRequest } from "../capacity-planning/capacity-request.ts";
import type { PlanOptions } from "../make-plan.ts";
import type { WorkerData, WorkerMessage, WorkerRequest } from "./messages.ts";

/** Megabytes that a plan may take; beyond them the worker ends, and not this process. */
const maximumMegabytes = 1024;

/**
 * makePlan in a thread of its own, so that this one goes on answering while a strategy searches. An aborted signal ends
 * the search early: the best plan found until then is the answer, where there is one.
 * @throws ApiError as makePlan; `plan-too-large` (422) where it needs more memory than it may have
 */
export async function planInWorker(
  problem: unknown,
  options: Omit<PlanOptions, "now"> = {},
): Promise<PlanAnswer> {
  const { signal, onProgress, ...rest } = options;
  return (await inWorker({ kind: "plan", problem, options: rest }, signal, onProgress)) as PlanAnswer;
}

/** planCapacity in a thread of its own. @throws ApiError as planCapacity and planInWorker */
export async function planCapacityInWorker(
  request: CapacityRequest,
  signal?: AbortSignal,
): Promise<CapacityAnswer> {
  return (await inWorker({ kind: "capacity", request }, signal)) as CapacityAnswer;
}

async function inWorker(
  request: WorkerRequest,
  signal: AbortSignal | undefined,
  onProgress?: PlanOptions["onProgress"],
): Promise<unknown> {
  const stop = new SharedArrayBuffer(4);
  const worker = new Worker(new URL("./plan-worker.ts", import.meta.url), {
    workerData: { request, stop } satisfies WorkerData,
    resourceLimits: { ...threadResources, maxOldGenerationSizeMb: maximumMegabytes },
  });
  const abort = () => Atomics.store(new Int32Array(stop), 0, 1);
  if (signal?.aborted === true) abort();
  signal?.addEventListener("abort", abort);
  try {
    return await answerOf(worker, onProgress);
  } finally {
    signal?.removeEventListener("abort", abort);
    await worker.terminate();
  }
}

function answerOf(worker: Worker, onProgress: PlanOptions["onProgress"]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.on("message", (message: WorkerMessage) => {
      if (message.kind === "progress") onProgress?.(message.progress);
      else if (message.kind === "answer") resolve(message.answer);
      else reject(new ApiError(message.error.message, message.error));
    });
    worker.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ERR_WORKER_OUT_OF_MEMORY") reject(error);
      else
        reject(
          new ApiError(`the plan needs more than ${maximumMegabytes} MB; choose another strategy`, {
            status: 422,
            code: "plan-too-large",
          }),
        );
    });
    worker.on("exit", () => reject(new Error("the thread that plans ended without an answer")));
  });
}

import { Worker } from "node:worker_threads";
import { ApiError, errorMessage } from "../../errors.ts";
import { threadResources } from "../../processes/code-range.ts";
import type { Standardisation } from "./export-tabular.ts";
import type { Epoch, Examples, TrainedNetwork, TrainingSettings } from "./train-network.ts";

export interface TrainedInThread {
  network: TrainedNetwork;
  /** How the inputs were standardised. */
  inputs: Standardisation;
  /** How the target of a regression was; else mean 0 and deviation 1. */
  output: { mean: number; deviation: number };
  /** Of the thread; undefined where the system does not tell. */
  cpuSeconds: number | undefined;
}

/**
 * Standardises and trains in a thread of its own, which an abort of the signal ends at once.
 * @param examples as they are in the data; they are moved there, and empty afterwards
 * @throws ApiError `training-failed` (422); the signal's reason
 */
export async function trainInThread(
  examples: Examples,
  settings: TrainingSettings,
  { onEpoch, signal }: { onEpoch: (epoch: Epoch) => void; signal: AbortSignal },
): Promise<TrainedInThread> {
  signal.throwIfAborted();
  const worker = new Worker(new URL("./train-worker.ts", import.meta.url), {
    workerData: { examples, settings },
    transferList: [examples.inputs.buffer as ArrayBuffer, examples.targets.buffer as ArrayBuffer],
    name: "training",
    resourceLimits: threadResources,
  });
  try {
    return await new Promise<TrainedInThread>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      worker.on("message", (message: { epoch?: Epoch; trained?: TrainedInThread }) => {
        if (message.epoch !== undefined) onEpoch(message.epoch);
        if (message.trained !== undefined) resolve(message.trained);
      });
      worker.once("error", (error) => reject(failed(errorMessage(error), error)));
      worker.once("exit", (code) => reject(failed(`its thread ended with status ${code}`)));
    });
  } finally {
    await worker.terminate();
  }
}

function failed(reason: string, cause?: unknown): ApiError {
  return new ApiError(`the training failed: ${reason}`, { status: 422, code: "training-failed", cause });
}

import { parentPort, workerData } from "node:worker_threads";
import { ApiError } from "../../errors.ts";
import { makePlan } from "../make-plan.ts";
import type { WorkerMessage, WorkerRequest } from "./messages.ts";

const { problem, options, stop } = workerData as WorkerRequest;
const post = (message: WorkerMessage) => parentPort?.postMessage(message);
// A strategy that does not let this thread's event loop run sees the flag all the same.
const flag = new Int32Array(stop);
const signal = {
  get aborted() {
    return Atomics.load(flag, 0) !== 0;
  },
} as AbortSignal;

try {
  const onProgress = (progress: object) => post({ kind: "progress", progress: progress as never });
  post({ kind: "answer", answer: await makePlan(problem, { ...options, signal, onProgress }) });
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  const { message, status, code, problems } = error;
  post({ kind: "refused", error: { message, status, code, problems } });
}

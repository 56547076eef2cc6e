import { parentPort, workerData } from "node:worker_threads";
import { ApiError } from "../../errors.ts";
import { planCapacity } from "../capacity-planning/plan-capacity.ts";
import { makePlan } from "../make-plan.ts";
import type { StrategyProgress } from "../strategies/strategy.ts";
import type { WorkerData, WorkerMessage } from "./messages.ts";

const { request, stop } = workerData as WorkerData;
const post = (message: WorkerMessage) => parentPort?.postMessage(message);
// A strategy that does not let this thread's event loop run sees the flag all the same.
const flag = new Int32Array(stop);
const signal = {
  get aborted() {
    return Atomics.load(flag, 0) !== 0;
  },
} as AbortSignal;

async function answer(): Promise<unknown> {
  if (request.kind === "capacity") return await planCapacity(request.request, signal);
  const onProgress = (progress: StrategyProgress) => post({ kind: "progress", progress });
  return await makePlan(request.problem, { ...request.options, signal, onProgress });
}

try {
  post({ kind: "answer", answer: await answer() });
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  const { message, status, code, problems } = error;
  post({ kind: "refused", error: { message, status, code, problems } });
}

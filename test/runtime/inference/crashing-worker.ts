import { parentPort } from "node:worker_threads";
import type { Tensor } from "../../../runtime/inference/datatypes.ts";
import type { WorkerRequest } from "../../../runtime/inference/workers/messages.ts";
import { unpackRuns } from "../../../runtime/inference/workers/packed-runs.ts";
import "../../../runtime/inference/workers/worker.ts";

/** The real worker, which dies in the middle of a run whose first element is 666, and at the load of "poison". */
parentPort?.on("message", (request: WorkerRequest) => {
  for (const inputs of inputsOf(request)) {
    if (Number(inputs[0]?.data[0]) === 666) process.exit(7);
    if (Number(inputs[0]?.data[0]) === 667) throw new Error("out of luck");
  }
  if (request.type === "load" && request.key.startsWith("poison/")) process.exit(8);
});

function inputsOf(request: WorkerRequest): Tensor[][] {
  if (request.type === "run") return request.runs.map(({ inputs }) => inputs);
  return request.type === "runPacked" ? unpackRuns(request.runs).map(({ tensors }) => tensors) : [];
}

import { type MessagePort, parentPort, type TransferListItem } from "node:worker_threads";
import { ApiError, errorMessage } from "../../errors.ts";
import type { Tensor } from "../datatypes.ts";
import type { ActiveProvider, WorkerReply, WorkerRequest } from "./messages.ts";
import { createOnnxSession, type OnnxSession } from "./onnx-session.ts";
import { threadProcessorSeconds } from "./thread-processor-time.ts";

/*
 * The entry of a worker thread: holds sessions and answers one request after the other.
 */
const port = parentPort as MessagePort;
const sessions = new Map<string, OnnxSession>();

port.on("message", async (request: WorkerRequest) => {
  try {
    if (request.type === "close") {
      await Promise.all([...sessions.values()].map((session) => session.release()));
      port.close();
    } else if (request.type === "runEach") {
      const results: WorkerReply[] = [];
      for (const run of request.runs) results.push(await runOne({ type: "run", key: request.key, ...run }));
      const outputs = results.flatMap((result) => (result.isError ? [] : result.outputs));
      post({ isError: false, outputs: [], computeSeconds: 0, results }, buffersOf(outputs));
    } else {
      const started = performance.now();
      const { outputs, session, processorSeconds } = await answer(request);
      const computeSeconds = (performance.now() - started) / 1000;
      const startedAt = performance.timeOrigin + started;
      const memory = request.type === "run" && request.returnsMemory ? buffersOf(request.inputs) : [];
      post(
        {
          isError: false,
          outputs,
          computeSeconds,
          startedAt,
          ...(session === undefined ? {} : { session }),
          ...(processorSeconds === undefined ? {} : { processorSeconds }),
          ...(memory.length === 0 ? {} : { memory }),
        },
        [...buffersOf(outputs), ...memory],
      );
    }
  } catch (error) {
    post(errorReply(error));
  }
});

/** Never rejects. */
async function runOne(request: Extract<WorkerRequest, { type: "run" }>): Promise<WorkerReply> {
  const started = performance.now();
  try {
    const { outputs } = await answer(request);
    const computeSeconds = (performance.now() - started) / 1000;
    return { isError: false, outputs, computeSeconds, startedAt: performance.timeOrigin + started };
  } catch (error) {
    return errorReply(error);
  }
}

async function answer(
  request: Exclude<WorkerRequest, { type: "close" | "runEach" }>,
): Promise<{ outputs: Tensor[]; session?: ActiveProvider; processorSeconds?: number }> {
  const { key } = request;
  if (request.type === "load") {
    const created = await createOnnxSession(request.content, request.settings);
    sessions.set(key, created);
    return { outputs: [], session: created.active };
  }
  const session = sessions.get(key);
  if (request.type === "unload") {
    sessions.delete(key);
    await session?.release();
    return { outputs: [] };
  }
  if (session === undefined) throw new Error(`model ${key} is not in this worker`);
  if (!session.measuresProcessorTime) return { outputs: await session.run(request.inputs, request.outputs) };
  const before = threadProcessorSeconds();
  const outputs = await session.run(request.inputs, request.outputs);
  return { outputs, processorSeconds: threadProcessorSeconds() - before };
}

function post(reply: WorkerReply, transfer: TransferListItem[] = []): void {
  port.postMessage(reply, transfer);
}

function buffersOf(tensors: Tensor[]): ArrayBuffer[] {
  const buffers = tensors.flatMap(({ data }) => (Array.isArray(data) ? [] : [data.buffer as ArrayBuffer]));
  return [...new Set(buffers)];
}

function errorReply(error: unknown): WorkerReply {
  const { status, code, problems } =
    error instanceof ApiError ? error : { status: 500, code: "inference-failed", problems: [] };
  return { isError: true, message: errorMessage(error), status, code, problems };
}

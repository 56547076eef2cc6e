import { type MessagePort, parentPort, type TransferListItem } from "node:worker_threads";
import { ApiError, errorMessage } from "../../errors.ts";
import type { Tensor } from "../datatypes.ts";
import type {
  ActiveProvider,
  ErrorReply,
  RunOptions,
  RunOutcome,
  WorkerReply,
  WorkerRequest,
} from "./messages.ts";
import { createOnnxSession, type OnnxSession } from "./onnx-session.ts";
import { type PackedRuns, packRuns, unpackRuns } from "./packed-runs.ts";
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
      const results = await runEach(sessionOf(request.key), request.runs);
      post({ isError: false, outputs: [], computeSeconds: 0, results }, [results.bytes.buffer]);
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

interface Outcome {
  tensors: Tensor[];
  rest: RunOutcome;
}

/** All are begun at once, so that the session makes one after the other without a turn of the event loop for each. */
async function runEach(session: OnnxSession, runs: PackedRuns): Promise<PackedRuns> {
  let began = performance.now();
  const outcomes = unpackRuns<RunOptions>(runs).map(
    async ({ tensors, rest: { outputs } }): Promise<Outcome> => {
      try {
        const results = await session.run(tensors, outputs);
        const startedAt = performance.timeOrigin + began;
        const ended = performance.now();
        const computeSeconds = (ended - began) / 1000;
        began = ended;
        return { tensors: results, rest: { isError: false, computeSeconds, startedAt } };
      } catch (error) {
        return { tensors: [], rest: errorReply(error) };
      }
    },
  );
  return packRuns(await Promise.all(outcomes));
}

function sessionOf(key: string): OnnxSession {
  const session = sessions.get(key);
  if (session === undefined) throw new Error(`model ${key} is not in this worker`);
  return session;
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
  if (request.type === "unload") {
    const session = sessions.get(key);
    sessions.delete(key);
    await session?.release();
    return { outputs: [] };
  }
  const session = sessionOf(key);
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

function errorReply(error: unknown): ErrorReply {
  const { status, code, problems } =
    error instanceof ApiError ? error : { status: 500, code: "inference-failed", problems: [] };
  return { isError: true, message: errorMessage(error), status, code, problems };
}

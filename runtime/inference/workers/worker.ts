import { type MessagePort, parentPort } from "node:worker_threads";
import { ApiError, errorMessage } from "../../errors.ts";
import { buffersOf, type Tensor } from "../datatypes.ts";
import type { GraphRun } from "../scheduling/runner.ts";
import type { ErrorReply, RunOptions, RunOutcome, RunReply, WorkerReply, WorkerRequest } from "./messages.ts";
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
    } else await answer(request);
  } catch (error) {
    post(errorReply(error));
  }
});

async function answer(request: Exclude<WorkerRequest, { type: "close" }>): Promise<void> {
  const { key } = request;
  if (request.type === "load") {
    const created = await createOnnxSession(request.content, request.settings);
    sessions.set(key, created);
    post({ isError: false, session: created.active });
  } else if (request.type === "unload") {
    const session = sessions.get(key);
    sessions.delete(key);
    await session?.release();
    post({ isError: false });
  } else if (request.type === "runPacked") {
    const packed = await runPacked(sessionOf(key), request.runs);
    post({ isError: false, packed }, [packed.bytes.buffer]);
  } else {
    const results: RunReply[] = [];
    for (const run of request.runs) results.push(await runOne(sessionOf(key), run, request.returnsMemory));
    post({ isError: false, results }, results.flatMap(transferred));
  }
}

async function runOne(session: OnnxSession, run: GraphRun, returnsMemory: boolean): Promise<RunReply> {
  const began = performance.now();
  const { measuresProcessorTime } = session;
  const processorSeconds = measuresProcessorTime ? threadProcessorSeconds() : 0;
  try {
    const outputs = await session.run(run.inputs, run.outputs);
    return {
      isError: false,
      outputs,
      computeSeconds: (performance.now() - began) / 1000,
      startedAt: performance.timeOrigin + began,
      ...(measuresProcessorTime && { processorSeconds: threadProcessorSeconds() - processorSeconds }),
      ...(returnsMemory && { memory: buffersOf(run.inputs) }),
    };
  } catch (error) {
    return errorReply(error);
  }
}

function transferred(result: RunReply): ArrayBuffer[] {
  return result.isError ? [] : [...buffersOf(result.outputs), ...(result.memory ?? [])];
}

interface Outcome {
  tensors: Tensor[];
  rest: RunOutcome;
}

/** All are begun at once, so that the session makes one after the other without a turn of the event loop for each. */
async function runPacked(session: OnnxSession, runs: PackedRuns): Promise<PackedRuns> {
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

function post(reply: WorkerReply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(reply, transfer);
}

function errorReply(error: unknown): ErrorReply {
  const { status, code, problems } =
    error instanceof ApiError ? error : { status: 500, code: "inference-failed", problems: [] };
  return { isError: true, message: errorMessage(error), status, code, problems };
}

import { buffersOf, type Tensor } from "../datatypes.ts";
import type { GraphRun, Runner } from "../scheduling/runner.ts";
import type {
  ActiveProvider,
  ModelContent,
  RunOptions,
  RunOutcome,
  RunReply,
  SessionSettings,
} from "./messages.ts";
import { type PackedRuns, packRuns, unpackRuns } from "./packed-runs.ts";
import type { ThreadPool } from "./thread-pool.ts";
import { replyError, type WorkerThread } from "./worker-thread.ts";

/** A model version's session in a thread of its own. */
export interface ModelWorker extends Runner {
  /**
   * Makes the session in the thread; done again by itself with a new thread where that one has died. With `moves` the
   * content's memory is moved away.
   */
  load(content: ModelContent, options?: { moves: boolean }): Promise<ActiveProvider>;
  /** Frees the session and gives the thread back; no run may be under way. */
  close(): Promise<void>;
}

export function createModelWorker({
  threads,
  key,
  settings,
  readContent,
}: {
  threads: ThreadPool;
  key: string;
  settings: SessionSettings;
  readContent(): Promise<ModelContent>;
}): ModelWorker {
  let thread: WorkerThread | undefined;

  async function load(content: ModelContent, moves: boolean) {
    const taken = threads.take();
    try {
      const { session } = await taken.request(
        { type: "load", key, content, settings },
        moves ? movable(content) : [],
      );
      thread = taken;
      return { thread: taken, active: session as ActiveProvider };
    } catch (error) {
      await threads.giveBack(taken);
      throw error;
    }
  }

  async function livingThread(): Promise<WorkerThread> {
    return thread?.isAlive ? thread : (await load(await readContent(), true)).thread;
  }

  async function runPacked(living: WorkerThread, runs: GraphRun[]) {
    const message = packRuns<RunOptions>(
      runs.map(({ inputs, outputs }) => ({ tensors: inputs, rest: { outputs } })),
    );
    const { packed } = await living.request({ type: "runPacked", key, runs: message }, [
      message.bytes.buffer,
    ]);
    return unpackRuns<RunOutcome>(packed as PackedRuns).map(({ tensors, rest }) =>
      rest.isError ? { error: replyError(rest) } : { outputs: tensors, ...rest },
    );
  }

  return {
    async load(content, { moves } = { moves: false }) {
      return (await load(content, moves)).active;
    },
    async run(runs, memory) {
      const living = await livingThread();
      if (memory === "copied") return runPacked(living, runs);
      const owned = runs.map(({ inputs, outputs }) => ({ inputs: inputs.map(withOwnMemory), outputs }));
      const { results } = await living.request(
        { type: "run", key, runs: owned, returnsMemory: memory === "returned" },
        buffersOf(owned.flatMap(({ inputs }) => inputs)),
      );
      return (results as RunReply[]).map((result) =>
        result.isError ? { error: replyError(result) } : result,
      );
    },
    async close() {
      const closing = thread;
      thread = undefined;
      if (!closing?.isAlive) return;
      // One that dies of it is gone as well.
      await closing.request({ type: "unload", key }).catch(() => undefined);
      await threads.giveBack(closing);
    },
  };
}

/** A copy of a large model would be held until the garbage collection. */
function movable({ graph, externalData }: ModelContent): ArrayBuffer[] {
  const whole = [graph, ...externalData.map(({ data }) => data)].filter(
    (bytes) => bytes.byteLength === bytes.buffer.byteLength,
  );
  return [...new Set(whole.map((bytes) => bytes.buffer as ArrayBuffer))];
}

/**
 * A small view of a larger buffer cannot be moved away without what lies beside it. One of most of its buffer takes it
 * over; it is larger than those that Node shares among its own buffers.
 */
function withOwnMemory(tensor: Tensor): Tensor {
  const { data } = tensor;
  if (Array.isArray(data) || data.byteLength * 2 > data.buffer.byteLength) return tensor;
  return { ...tensor, data: data.slice() };
}

import { availableParallelism } from "node:os";
import { ApiError } from "../../errors.ts";
import type { Tensor } from "../datatypes.ts";
import type { ModelContent } from "./messages.ts";
import { startWorkerThread, type WorkerThread } from "./worker-thread.ts";

/** A model as the pool knows it. */
export interface PoolModel {
  /** Different for every content. */
  key: string;
  /** Reads and checks the content; called again for a worker that took the place of a dead one. */
  readContent(): Promise<ModelContent>;
}

export interface PoolResult {
  outputs: Tensor[];
  /** From the call until a worker took it. */
  queueSeconds: number;
  /** Preprocessing and the session's run. */
  computeSeconds: number;
}

export interface WorkerPool {
  /** Makes a session in every worker, one worker after the other, so that the others go on serving meanwhile. */
  load(model: PoolModel): Promise<void>;
  /** Buffers of `inputs` are moved away. An aborted signal rejects at once with `request-aborted` (499). */
  run(model: PoolModel, inputs: Tensor[], outputs: string[], signal?: AbortSignal): Promise<PoolResult>;
  /** No run of this model may be under way. */
  unload(key: string): Promise<void>;
  /** Takes nothing new, finishes what was taken, ends the threads. */
  close(): Promise<void>;
}

export interface WorkerPoolOptions {
  workers: number;
  /** Threads of each run. Default: the processors shared among the workers. */
  threads?: number;
  /** The workers' entry module. */
  entry?: URL;
  onCrash?: (reason: string) => void;
}

/** Requests that may wait for a worker; beyond it they are turned away at once. */
const maximumQueuedJobs = 1000;

interface Slot {
  index: number;
  thread: WorkerThread | undefined;
  loaded: Set<string>;
  isBusy: boolean;
}

interface Job {
  key: string;
  /** Undefined: any. */
  slot: Slot | undefined;
  execute(slot: Slot): Promise<void>;
}

export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const { workers, entry = new URL("./worker.ts", import.meta.url), onCrash } = options;
  const threads = options.threads ?? Math.max(1, Math.floor(availableParallelism() / workers));
  const slots = Array.from(
    { length: workers },
    (_, index): Slot => ({ index, thread: undefined, loaded: new Set(), isBusy: false }),
  );
  const queue: Job[] = [];
  let isClosed = false;
  let onIdle: (() => void) | undefined;

  /** The slot's thread; started with the first use, and again with the first use after a crash. */
  function threadOf(slot: Slot): WorkerThread {
    slot.thread ??= startWorkerThread({
      entry,
      name: `inference-${slot.index + 1}`,
      settings: { threads },
      onExit(reason) {
        slot.thread = undefined;
        slot.loaded.clear();
        if (!isClosed) onCrash?.(reason);
      },
    });
    return slot.thread;
  }

  function dispatch(): void {
    for (let index = 0; index < queue.length && slots.some((slot) => !slot.isBusy); ) {
      const slot = idleSlotFor(queue[index] as Job);
      if (slot === undefined) {
        index += 1;
        continue;
      }
      const [job] = queue.splice(index, 1) as [Job];
      slot.isBusy = true;
      void job.execute(slot).finally(() => {
        slot.isBusy = false;
        dispatch();
      });
    }
    if (queue.length === 0 && slots.every((slot) => !slot.isBusy)) onIdle?.();
  }

  function idleSlotFor(job: Job): Slot | undefined {
    if (job.slot !== undefined) return job.slot.isBusy ? undefined : job.slot;
    const idle = slots.filter((slot) => !slot.isBusy);
    return idle.find((slot) => slot.loaded.has(job.key)) ?? idle[0];
  }

  function enqueue<Result>(
    { key, slot, signal }: { key: string; slot?: Slot; signal?: AbortSignal | undefined },
    work: (slot: Slot) => Promise<Result>,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (isClosed) throw shuttingDown();
      if (signal?.aborted) throw aborted();
      if (slot === undefined && queue.length >= maximumQueuedJobs) throw overloaded();
      const abort = () => {
        const place = queue.indexOf(job);
        if (place >= 0) queue.splice(place, 1);
        reject(aborted());
      };
      const job: Job = {
        key,
        slot,
        execute: (chosen) =>
          work(chosen)
            .then(resolve, reject)
            .finally(() => signal?.removeEventListener("abort", abort)),
      };
      signal?.addEventListener("abort", abort, { once: true });
      queue.push(job);
      dispatch();
    });
  }

  async function ensureLoaded(slot: Slot, model: PoolModel, content?: ModelContent): Promise<void> {
    if (slot.loaded.has(model.key)) return;
    const read = content ?? (await model.readContent());
    await threadOf(slot).request({ type: "load", key: model.key, content: read });
    slot.loaded.add(model.key);
  }

  return {
    async load(model) {
      const content = await model.readContent();
      for (const slot of slots)
        await enqueue({ key: model.key, slot }, (chosen) => ensureLoaded(chosen, model, content));
    },
    async run(model, inputs, outputs, signal) {
      const enqueued = performance.now();
      return enqueue({ key: model.key, signal }, async (slot) => {
        const queueSeconds = (performance.now() - enqueued) / 1000;
        await ensureLoaded(slot, model);
        const buffers = inputs.flatMap(({ data }) =>
          Array.isArray(data) ? [] : [data.buffer as ArrayBuffer],
        );
        const reply = await threadOf(slot).request({ type: "run", key: model.key, inputs, outputs }, buffers);
        return { outputs: reply.outputs, computeSeconds: reply.computeSeconds, queueSeconds };
      });
    },
    async unload(key) {
      await Promise.all(
        slots.map((slot) =>
          enqueue({ key, slot }, async () => {
            if (slot.loaded.delete(key)) await threadOf(slot).request({ type: "unload", key });
          }),
        ),
      );
    },
    async close() {
      isClosed = true;
      await new Promise<void>((resolve) => {
        onIdle = resolve;
        dispatch();
      });
      await Promise.all(slots.map((slot) => slot.thread?.close()));
    },
  };
}

function shuttingDown(): ApiError {
  return new ApiError("the server is stopping", { status: 503, code: "shutting-down" });
}

function overloaded(): ApiError {
  return new ApiError(`more than ${maximumQueuedJobs} requests wait for a worker`, {
    status: 503,
    code: "overloaded",
  });
}

function aborted(): ApiError {
  return new ApiError("the caller went away", { status: 499, code: "request-aborted" });
}

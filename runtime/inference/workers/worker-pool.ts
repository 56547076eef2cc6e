import { availableParallelism } from "node:os";
import { type ConfiguredProvider, providersOf } from "../execution-providers.ts";
import { shuttingDown } from "../scheduling/errors.ts";
import {
  createScheduler,
  type RunRequest,
  type RunResult,
  type Scheduler,
  type SchedulerObserver,
} from "../scheduling/scheduler.ts";
import { type Scheduling, withDefaults } from "../scheduling/settings.ts";
import type { ActiveProvider, ModelContent } from "./messages.ts";
import { createModelWorker, type ModelWorker } from "./model-worker.ts";
import { createThreadPool } from "./thread-pool.ts";

/** A model version as the pool knows it. */
export interface PoolModel {
  /** Different for every content. */
  key: string;
  /** Default: no batching, one queue of 1000. */
  scheduling?: Scheduling;
  /** Threads with a session each. Default: the pool's. */
  workers?: number | undefined;
  observer?: SchedulerObserver;
  /** Reads and checks the content, which the pool may move away; called again for a worker that took the place of a dead one. */
  readContent(): Promise<ModelContent>;
}

export interface WorkerPool {
  /** Makes the version's sessions in threads of its own, so that all others go on serving meanwhile. */
  load(model: PoolModel): Promise<ActiveProvider>;
  /** Of a version that is loaded. */
  run(model: PoolModel, request: RunRequest): Promise<RunResult>;
  /** Requests of the version that wait for a worker; 0 where it is not loaded. */
  queueLength(key: string): number;
  /** What was learned of the version's batches; undefined: nothing, or it is not loaded. */
  batchSizes(key: string): Scheduler["batchSizes"];
  /** No run of this version may be waited for. */
  unload(key: string): Promise<void>;
  /** Takes nothing new, finishes what was taken, ends the threads. */
  close(): Promise<void>;
}

export interface WorkerPoolOptions {
  /** Threads of each model version. */
  workers: number;
  /** Processors that each run may use. Default: all, shared among a version's workers. */
  threads?: number;
  /** To be tried in this order. Default: the processor. */
  executionProviders?: ConfiguredProvider[];
  /** The workers' entry module. */
  entry?: URL;
  onCrash?: (reason: string) => void;
}

interface LoadedModel {
  workers: ModelWorker[];
  scheduler: Scheduler;
}

export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const { workers, entry = new URL("./worker.ts", import.meta.url), onCrash = () => undefined } = options;
  const threads = createThreadPool({ entry, onCrash });
  const models = new Map<string, LoadedModel>();
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;

  /** Closing waits for it. */
  function track<Result>(work: Promise<Result>): Promise<Result> {
    underWay.add(work);
    const forget = () => underWay.delete(work);
    work.then(forget, forget);
    return work;
  }

  async function load({ key, readContent, ...model }: PoolModel): Promise<ActiveProvider> {
    const content = await readContent();
    const count = model.workers ?? workers;
    const threadsPerRun = options.threads ?? Math.max(1, Math.floor(availableParallelism() / count));
    const { executionProviders = [{ name: "cpu", deviceIds: [] }] } = options;
    const loading = Array.from({ length: count }, (_, index) =>
      createModelWorker({
        threads,
        key,
        settings: { threads: threadsPerRun, executionProviders: providersOf(executionProviders, index) },
        readContent,
      }),
    );
    let active: ActiveProvider = { executionProvider: "", refusals: [] };
    try {
      // One after the other: what does not load fails in the first.
      for (const worker of loading) active = await worker.load(content, { moves: worker === loading.at(-1) });
    } catch (error) {
      await Promise.all(loading.map((worker) => worker.close()));
      throw error;
    }
    const { scheduling = withDefaults({}), observer } = model;
    models.set(key, {
      workers: loading,
      scheduler: createScheduler({ scheduling, runners: loading, observer }),
    });
    return active;
  }

  async function unload(key: string): Promise<void> {
    const model = models.get(key);
    if (model === undefined) return;
    models.delete(key);
    // A run whose callers have all gone may still be under way.
    await model.scheduler.idle();
    await Promise.all(model.workers.map((worker) => worker.close()));
  }

  return {
    async load(model) {
      if (isClosed) throw shuttingDown();
      return track(load(model));
    },
    run({ key }, request) {
      if (isClosed) return Promise.reject(shuttingDown());
      const scheduler = models.get(key)?.scheduler;
      return scheduler?.run(request) ?? Promise.reject(new Error(`model ${key} is not loaded`));
    },
    queueLength: (key) => models.get(key)?.scheduler.queueLength ?? 0,
    batchSizes: (key) => models.get(key)?.scheduler.batchSizes,
    unload: (key) => track(unload(key)),
    async close() {
      isClosed = true;
      await Promise.allSettled(underWay);
      await Promise.all([...models.keys()].map(unload));
      await threads.close();
    },
  };
}

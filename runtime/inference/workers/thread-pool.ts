import { startWorkerThread, type WorkerThread } from "./worker-thread.ts";

/** Threads without a model that are kept for the next one: a start takes longer than the load of a small model. */
const maximumSpareThreads = 2;

export interface ThreadPool {
  /** A living thread that holds no model. */
  take(): WorkerThread;
  /** It must be idle and hold no model any more; a dead one is dropped. */
  giveBack(thread: WorkerThread): Promise<void>;
  /** Ends the threads that were given back. */
  close(): Promise<void>;
}

export function createThreadPool({
  entry,
  onCrash,
}: {
  entry: URL;
  onCrash: (reason: string) => void;
}): ThreadPool {
  let spare: WorkerThread[] = [];
  let started = 0;
  let isClosed = false;

  return {
    take() {
      spare = spare.filter((thread) => thread.isAlive);
      const kept = spare.pop();
      if (kept !== undefined) return kept;
      started += 1;
      return startWorkerThread({ entry, name: `inference-${started}`, onCrash });
    },
    async giveBack(thread) {
      if (!thread.isAlive) return;
      if (!isClosed && spare.length < maximumSpareThreads) spare.push(thread);
      else await thread.close();
    },
    async close() {
      isClosed = true;
      const closing = spare.filter((thread) => thread.isAlive);
      spare = [];
      await Promise.all(closing.map((thread) => thread.close()));
    },
  };
}

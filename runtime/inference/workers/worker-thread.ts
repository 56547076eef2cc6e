import { Worker } from "node:worker_threads";
import { ApiError, errorMessage } from "../../errors.ts";
import { threadResources } from "../../processes/code-range.ts";
import type { ErrorReply, WorkerReply, WorkerRequest } from "./messages.ts";

export interface WorkerThread {
  /** False after its end, which nobody asked for where `close` was not called. */
  readonly isAlive: boolean;
  /**
   * Sends one request and waits for its reply; the next may be sent only then.
   * @throws ApiError what the worker answered, or `worker-crashed` (503) when it died
   */
  request(
    request: WorkerRequest,
    transfer?: ArrayBuffer[],
  ): Promise<Extract<WorkerReply, { isError: false }>>;
  /** Ends the thread, which must be idle: to end it during a run would end the whole process. */
  close(): Promise<void>;
}

export interface WorkerThreadOptions {
  entry: URL;
  name: string;
  /** Called once when the thread has ended without having been closed. */
  onCrash: (reason: string) => void;
}

export function startWorkerThread({ entry, name, onCrash }: WorkerThreadOptions): WorkerThread {
  const worker = new Worker(entry, { name, resourceLimits: threadResources });
  let pending: { resolve: (reply: WorkerReply) => void; reject: (error: Error) => void } | undefined;
  let failure: unknown;
  let end: ApiError | undefined;
  let isClosing = false;
  const exited = new Promise<void>((resolve) => {
    worker.once("exit", (exitCode) => {
      const reason = failure === undefined ? `exit status ${exitCode}` : errorMessage(failure);
      end = crashed(reason, failure);
      pending?.reject(end);
      pending = undefined;
      if (!isClosing) onCrash(reason);
      resolve();
    });
  });
  worker.on("error", (error) => {
    failure = error;
  });
  worker.on("message", (reply: WorkerReply) => {
    pending?.resolve(reply);
    pending = undefined;
  });

  return {
    get isAlive() {
      return end === undefined;
    },
    async request(request, transfer = []) {
      const reply = await new Promise<WorkerReply>((resolve, reject) => {
        if (end !== undefined) throw end;
        pending = { resolve, reject };
        worker.postMessage(request, transfer);
      });
      if (!reply.isError) return reply;
      throw replyError(reply);
    },
    async close() {
      isClosing = true;
      worker.postMessage({ type: "close" } satisfies WorkerRequest);
      await exited;
    },
  };
}

/** What went wrong in the worker, as it would have been thrown here. */
export function replyError({ message, status, code, problems }: ErrorReply): ApiError {
  return new ApiError(message, { status, code, problems });
}

function crashed(reason: string, cause: unknown): ApiError {
  return new ApiError(
    `the inference worker died during this request (${reason}); it is replaced, try again`,
    {
      status: 503,
      code: "worker-crashed",
      cause,
    },
  );
}

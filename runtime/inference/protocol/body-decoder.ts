import { Worker } from "node:worker_threads";
import { ApiError, errorMessage } from "../../errors.ts";
import type { DecodedRequest, ModelInterface } from "./decode-request.ts";
import type { DecodeReply, DecodeTask } from "./decode-thread.ts";
import { decodeBody, type InferBody } from "./infer-body.ts";

export interface BodyDecoder {
  /**
   * As decodeBody; large JSON is parsed in a thread of its own, so that all other requests are answered meanwhile. The
   * body's buffer may be moved away.
   * @throws ApiError what decodeBody throws; `overloaded` (503) when too much waits, `request-aborted` (499)
   */
  decode(
    body: InferBody,
    model: ModelInterface,
    signal?: AbortSignal,
  ): DecodedRequest | Promise<DecodedRequest>;
  close(): Promise<void>;
}

export interface BodyDecoderOptions {
  /** Bytes of JSON from which on the thread parses it. Default 128 KiB: there it takes no longer than here, 0.7 ms. */
  threshold?: number;
  /** Bytes of bodies that may wait for the thread. Default 256 MiB. */
  maximumWaitingBytes?: number;
  /** After so long without work the thread ends, and gives back what the largest request took. Default 10. */
  idleSeconds?: number;
  /** The thread's entry module. */
  entry?: URL;
}

interface Waiting {
  task: DecodeTask;
  settle(reply: DecodeReply): void;
  fail(error: ApiError): void;
}

export function createBodyDecoder(options: BodyDecoderOptions = {}): BodyDecoder {
  const {
    threshold = 128 * 1024,
    maximumWaitingBytes = 256 * 1024 * 1024,
    idleSeconds = 10,
    entry = new URL("./decode-thread.ts", import.meta.url),
  } = options;
  const queue: Waiting[] = [];
  let current: Waiting | undefined;
  let thread: Worker | undefined;
  let waitingBytes = 0;
  let idle: NodeJS.Timeout | undefined;

  /** Started with the first large body, and again with the first one after it died. */
  function startThread(): Worker {
    const started = new Worker(entry, { name: "inference-parser" });
    started.unref();
    started.on("message", (reply: DecodeReply) => {
      current?.settle(reply);
      next();
    });
    started.on("error", (error) => stopped(started, errorMessage(error)));
    started.on("exit", (code) => stopped(started, `exit status ${code}`));
    return started;
  }

  function stopped(ended: Worker, reason: string): void {
    if (thread !== ended) return;
    thread = undefined;
    current?.fail(
      new ApiError(`the thread that parses requests died (${reason}); it is replaced, try again`, {
        status: 503,
        code: "parser-crashed",
      }),
    );
    next();
  }

  function next(): void {
    clearTimeout(idle);
    current = queue.shift();
    if (current === undefined) {
      idle = setTimeout(() => void endThread(), idleSeconds * 1000).unref();
      return;
    }
    thread ??= startThread();
    const { task } = current;
    thread.postMessage(task, [task.body.bytes.buffer as ArrayBuffer]);
  }

  /** Only without work: what is under way would never be answered. */
  async function endThread(): Promise<void> {
    const ending = thread;
    thread = undefined;
    await ending?.terminate();
  }

  function decodeInThread(body: InferBody, model: ModelInterface, signal: AbortSignal | undefined) {
    const size = body.bytes.byteLength;
    if (signal?.aborted) throw aborted();
    if (waitingBytes + size > maximumWaitingBytes) throw overloaded(maximumWaitingBytes);
    waitingBytes += size;
    return new Promise<DecodedRequest>((resolve, reject) => {
      const abort = () => {
        const place = queue.indexOf(waiting);
        if (place >= 0) queue.splice(place, 1);
        reject(aborted());
      };
      const waiting: Waiting = {
        task: taskOf(body, model),
        settle(reply) {
          if ("decoded" in reply) resolve(reply.decoded);
          else reject(new ApiError(reply.error.message, reply.error));
        },
        fail: reject,
      };
      signal?.addEventListener("abort", abort, { once: true });
      queue.push(waiting);
      if (current === undefined) next();
    }).finally(() => {
      waitingBytes -= size;
    });
  }

  return {
    decode(body, model, signal) {
      const jsonBytes = body.jsonLength ?? body.bytes.length;
      return jsonBytes < threshold ? decodeBody(body, model) : decodeInThread(body, model, signal);
    },
    async close() {
      clearTimeout(idle);
      for (const waiting of [current, ...queue.splice(0)]) waiting?.fail(stopping());
      await endThread();
    },
  };
}

/** With a buffer that is only the body's, so that it can be moved. */
function taskOf({ bytes, jsonLength }: InferBody, model: ModelInterface): DecodeTask {
  const { inputs, outputs, preprocessing } = model;
  const isWhole = bytes.byteLength === bytes.buffer.byteLength;
  return {
    // A Buffer arrives as a Uint8Array of its bytes.
    body: { bytes: isWhole ? bytes : new Uint8Array(bytes), jsonLength },
    model: { inputs, outputs, preprocessing },
  };
}

function overloaded(maximum: number): ApiError {
  return new ApiError(`more than ${maximum} bytes of requests wait to be parsed; send binary tensors`, {
    status: 503,
    code: "overloaded",
  });
}

function stopping(): ApiError {
  return new ApiError("the server is stopping", { status: 503, code: "shutting-down" });
}

function aborted(): ApiError {
  return new ApiError("the caller went away", { status: 499, code: "request-aborted" });
}

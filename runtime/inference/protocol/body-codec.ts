import { Worker } from "node:worker_threads";
import { ApiError, errorMessage } from "../../errors.ts";
import { threadResources } from "../../processes/code-range.ts";
import type { CancelSignal } from "../cancel-signal.ts";
import { buffersOf, type Tensor, type TensorData } from "../datatypes.ts";
import type { CodecReply, CodecTask } from "./codec-thread.ts";
import type { DecodedRequest, ModelInterface } from "./decode-request.ts";
import type { ComputedOutputs } from "./encode-response.ts";
import { decodeBody, encodeBody, type InferAnswer, type InferBody } from "./infer-body.ts";

export interface BodyCodec {
  /**
   * As decodeBody; large JSON is parsed in a thread of its own, so that all other requests are answered meanwhile. The
   * body's buffer may be moved away.
   * @throws ApiError what decodeBody throws; `overloaded` (503) when too much waits, `request-aborted` (499)
   */
  decode(
    body: InferBody,
    model: ModelInterface,
    signal?: CancelSignal,
  ): DecodedRequest | Promise<DecodedRequest>;
  /**
   * As encodeBody; large JSON is written in the same thread. The outputs stay as they are.
   * @throws ApiError `overloaded` (503) when too much waits, `request-aborted` (499)
   */
  encode(computed: ComputedOutputs, signal?: CancelSignal): InferAnswer | Promise<InferAnswer>;
  close(): Promise<void>;
}

export interface BodyCodecOptions {
  /**
   * Bytes of JSON from which on the thread parses or writes it, those of an answer estimated. Default 128 KiB: there it
   * takes no longer than here, 0.7 ms.
   */
  threshold?: number;
  /** Bytes of bodies that may wait for the thread. Default 256 MiB. */
  maximumWaitingBytes?: number;
  /** After so long without work the thread ends, and gives back what the largest request took. Default 10. */
  idleSeconds?: number;
  /** The thread's entry module. */
  entry?: URL;
}

/** What one number, truth value or the quotes of a text take in JSON, about. */
const elementBytes = 8;

interface Job {
  task: CodecTask;
  /** Buffers that only the task needs. */
  buffers: ArrayBuffer[];
  /** What counts as waiting. */
  size: number;
}

interface Waiting extends Job {
  settle(reply: CodecReply): void;
  fail(error: ApiError): void;
}

export function createBodyCodec(options: BodyCodecOptions = {}): BodyCodec {
  const {
    threshold = 128 * 1024,
    maximumWaitingBytes = 256 * 1024 * 1024,
    idleSeconds = 10,
    entry = new URL("./codec-thread.ts", import.meta.url),
  } = options;
  const queue: Waiting[] = [];
  let current: Waiting | undefined;
  let thread: Worker | undefined;
  let waitingBytes = 0;
  let idle: NodeJS.Timeout | undefined;

  /** Started with the first large body, and again with the first one after it died. */
  function startThread(): Worker {
    const started = new Worker(entry, { name: "inference-codec", resourceLimits: threadResources });
    started.unref();
    started.on("message", (reply: CodecReply) => {
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
      new ApiError(
        `the thread that parses and writes large JSON died (${reason}); it is replaced, try again`,
        {
          status: 503,
          code: "codec-crashed",
        },
      ),
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
    thread.postMessage(current.task, current.buffers);
  }

  /** Only without work: what is under way would never be answered. */
  async function endThread(): Promise<void> {
    const ending = thread;
    thread = undefined;
    await ending?.terminate();
  }

  function inThread<Reply extends CodecReply>(job: Job, signal: CancelSignal | undefined): Promise<Reply> {
    if (signal?.aborted) throw aborted();
    if (waitingBytes + job.size > maximumWaitingBytes) throw overloaded(maximumWaitingBytes);
    waitingBytes += job.size;
    return new Promise<Reply>((resolve, reject) => {
      const abort = () => {
        const place = queue.indexOf(waiting);
        if (place >= 0) queue.splice(place, 1);
        reject(aborted());
      };
      const waiting: Waiting = {
        ...job,
        settle(reply) {
          if ("error" in reply) reject(new ApiError(reply.error.message, reply.error));
          else resolve(reply as Reply);
        },
        fail: reject,
      };
      signal?.addEventListener("abort", abort);
      queue.push(waiting);
      if (current === undefined) next();
    }).finally(() => {
      waitingBytes -= job.size;
    });
  }

  return {
    decode(body, model, signal) {
      const jsonBytes = body.jsonLength ?? body.bytes.length;
      if (jsonBytes < threshold) return decodeBody(body, model);
      return inThread<{ decoded: DecodedRequest }>(decodeJob(body, model), signal).then(
        ({ decoded }) => decoded,
      );
    },
    encode(computed, signal) {
      if (writtenBytes(computed) < threshold) return encodeBody(computed);
      return inThread<{ encoded: InferAnswer }>(encodeJob(computed), signal).then(({ encoded }) => encoded);
    },
    async close() {
      clearTimeout(idle);
      for (const waiting of [current, ...queue.splice(0)]) waiting?.fail(stopping());
      await endThread();
    },
  };
}

/** With a buffer that is only the body's, so that it can be moved. */
function decodeJob({ bytes, jsonLength }: InferBody, model: ModelInterface): Job {
  const { inputs, outputs, preprocessing } = model;
  const isWhole = bytes.byteLength === bytes.buffer.byteLength;
  // A Buffer arrives as a Uint8Array of its bytes.
  const own = isWhole ? bytes : new Uint8Array(bytes);
  return {
    task: { body: { bytes: own, jsonLength }, model: { inputs, outputs, preprocessing } },
    buffers: [own.buffer as ArrayBuffer],
    size: bytes.byteLength,
  };
}

/** With copies: the outputs may be in a cache, or parts of a batch's. */
function encodeJob(computed: ComputedOutputs): Job {
  const outputs = computed.outputs.map((output) => ({ ...output, data: output.data.slice() as TensorData }));
  const size = outputs.reduce((sum, output) => sum + jsonBytes(output), 0);
  return { task: { computed: { ...computed, outputs } }, buffers: buffersOf(outputs), size };
}

/** Bytes of the answer's JSON, about. */
function writtenBytes({ outputs, forms }: ComputedOutputs): number {
  return outputs.reduce((sum, output) => {
    const { isBinary = false, classes } = forms?.get(output.name) ?? {};
    // To find the best classes all are looked at.
    return isBinary && classes === undefined ? sum : sum + jsonBytes(output);
  }, 0);
}

function jsonBytes({ data }: Tensor): number {
  const texts = Array.isArray(data) ? data.reduce((sum, text) => sum + text.length, 0) : 0;
  return data.length * elementBytes + texts;
}

function overloaded(maximum: number): ApiError {
  return new ApiError(
    `more than ${maximum} bytes of large JSON wait to be parsed or written; use binary tensors`,
    {
      status: 503,
      code: "overloaded",
    },
  );
}

function stopping(): ApiError {
  return new ApiError("the server is stopping", { status: 503, code: "shutting-down" });
}

function aborted(): ApiError {
  return new ApiError("the caller went away", { status: 499, code: "request-aborted" });
}

import { type MessagePort, parentPort } from "node:worker_threads";
import { ApiError, errorMessage, type Problem } from "../../errors.ts";
import { buffersOf } from "../datatypes.ts";
import type { DecodedRequest, ModelInterface } from "./decode-request.ts";
import type { ComputedOutputs } from "./encode-response.ts";
import { decodeBody, encodeBody, type InferAnswer, type InferBody } from "./infer-body.ts";

export type CodecTask = { body: InferBody; model: ModelInterface } | { computed: ComputedOutputs };

export type CodecReply =
  | { decoded: DecodedRequest }
  | { encoded: InferAnswer }
  | { error: { message: string; status: number; code: string; problems: Problem[] } };

/*
 * The entry of the thread that parses and writes large JSON: one reply to each task, in order.
 */
const port = parentPort as MessagePort;

port.on("message", (task: CodecTask) => {
  try {
    const reply = "body" in task ? decode(task.body, task.model) : encode(task.computed);
    port.postMessage(reply.content, [...new Set(reply.buffers)]);
  } catch (error) {
    port.postMessage(errorReply(error));
  }
});

interface Reply {
  content: CodecReply;
  /** To be moved, not copied. */
  buffers: ArrayBuffer[];
}

function decode(body: InferBody, model: ModelInterface): Reply {
  const decoded = decodeBody(body, model);
  return { content: { decoded }, buffers: buffersOf(decoded.inputs) };
}

function encode(computed: ComputedOutputs): Reply {
  const { json, binary, ...rest } = encodeBody(computed);
  const encoded = { ...rest, json: whole(json), binary: binary.map(whole) };
  return {
    content: { encoded },
    buffers: [encoded.json, ...encoded.binary].map(({ buffer }) => buffer as ArrayBuffer),
  };
}

/** With a buffer of its own: Node makes small ones in one that they share, and that cannot be moved. */
function whole(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

function errorReply(error: unknown): CodecReply {
  const { status, code, problems } =
    error instanceof ApiError ? error : { status: 500, code: "internal", problems: [] };
  return { error: { message: errorMessage(error), status, code, problems } };
}

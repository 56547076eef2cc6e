import { type MessagePort, parentPort, type TransferListItem } from "node:worker_threads";
import { ApiError, errorMessage, type Problem } from "../../errors.ts";
import type { DecodedRequest, ModelInterface } from "./decode-request.ts";
import { decodeBody, type InferBody } from "./infer-body.ts";

export interface DecodeTask {
  body: InferBody;
  model: ModelInterface;
}

export type DecodeReply =
  | { decoded: DecodedRequest }
  | { error: { message: string; status: number; code: string; problems: Problem[] } };

/*
 * The entry of the thread that parses large JSON: one reply to each task, in order.
 */
const port = parentPort as MessagePort;

port.on("message", ({ body, model }: DecodeTask) => {
  try {
    const decoded = decodeBody(body, model);
    port.postMessage({ decoded } satisfies DecodeReply, buffersOf(decoded));
  } catch (error) {
    port.postMessage(errorReply(error));
  }
});

function buffersOf({ inputs }: DecodedRequest): TransferListItem[] {
  const buffers = inputs.flatMap(({ data }) => (Array.isArray(data) ? [] : [data.buffer as ArrayBuffer]));
  return [...new Set(buffers)];
}

function errorReply(error: unknown): DecodeReply {
  const { status, code, problems } =
    error instanceof ApiError ? error : { status: 500, code: "internal", problems: [] };
  return { error: { message: errorMessage(error), status, code, problems } };
}

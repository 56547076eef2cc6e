import { promisify } from "node:util";
import { constants, deflate, gzip } from "node:zlib";
import type { Response } from "express";
import type { InferAnswer } from "../../inference/protocol/infer-body.ts";
import { jsonLengthHeader } from "./infer.ts";

/** Smaller answers gain nothing from compression. */
const minimumCompressedBytes = 1024;

const compressors = { gzip: promisify(gzip), deflate: promisify(deflate) };

/** Up to so many bytes a copy behind the head takes less time than a second part to be written. */
const maximumTogetherBytes = 16 * 1024;

/** Answers with JSON, or with JSON and binary tensors after it, compressed where the client takes that. */
export async function sendAnswer(response: Response, { json, binary, headers }: InferAnswer): Promise<void> {
  const isBinary = binary.length > 0;
  response.setHeader(
    "Content-Type",
    isBinary ? "application/octet-stream" : "application/json; charset=utf-8",
  );
  if (isBinary) response.setHeader(jsonLengthHeader, json.length);
  if (headers !== undefined) response.set(headers);
  response.setHeader("Vary", "Accept-Encoding");
  const parts = [json, ...binary];
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const encoding = length < minimumCompressedBytes ? undefined : encodingFor(response);
  if (encoding === undefined) return send(response, parts, length);
  const compressed = await compressors[encoding](Buffer.concat(parts, length), {
    level: constants.Z_BEST_SPEED,
  });
  response.setHeader("Content-Encoding", encoding);
  send(response, [compressed], compressed.length);
}

function encodingFor({ req: request }: Response): keyof typeof compressors | undefined {
  if (request.headers["accept-encoding"] === undefined) return undefined;
  const chosen = request.acceptsEncodings("gzip", "deflate", "identity");
  return chosen === "gzip" || chosen === "deflate" ? chosen : undefined;
}

function send(response: Response, parts: Uint8Array[], length: number): void {
  response.setHeader("Content-Length", length);
  // Small ones go out together with the head; latin1 keeps every byte as it is.
  if (length <= maximumTogetherBytes) {
    response.end(Buffer.concat(parts, length).toString("latin1"), "latin1");
    return;
  }
  response.cork();
  for (const part of parts) response.write(part);
  response.end();
}

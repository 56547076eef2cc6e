import type { IncomingMessage } from "node:http";
import { ApiError } from "../../errors.ts";
import type { Inference } from "../../inference/inference.ts";
import { createReusedMemory } from "../../inference/reused-memory.ts";
import type { Shortcut } from "../shortcut.ts";
import { createInferHandler, jsonLengthName } from "./infer.ts";

export interface InferShortcutOptions {
  inference: Pick<Inference, "inferBody">;
  /** Larger ones go through the routers. Default 16 MiB, as there. */
  maximumRequestBytes?: number;
}

/** Bytes of the widest element, and from which on a body is worth to be put where its elements can be read. */
const largestElement = 8;
const minimumAlignedBytes = 4096;

/** Names that need no decoding; any other request takes the way through the routers. */
const inferUrl = /^\/v2\/models\/([A-Za-z0-9._-]+)(?:\/versions\/([A-Za-z0-9._-]+))?\/infer\/?$/;

/**
 * `POST …/infer` without the way through the routers and their general reader of bodies, which takes as much processor
 * time as a small inference itself. Answers the same, and leaves to the routers whatever is not plain: an encoded name, a
 * query, a compressed or chunked body, one that is too large.
 */
export function createInferShortcut(options: InferShortcutOptions): Shortcut {
  const { inference, maximumRequestBytes = 16 * 1024 * 1024 } = options;
  const infer = createInferHandler(inference);
  const memory = createReusedMemory();

  /** In memory where what follows the JSON begins where elements of any size may: it is not copied again. */
  function aligned(chunks: Buffer[], length: number, jsonLength: number): Uint8Array<ArrayBuffer> {
    const start = (largestElement - (jsonLength % largestElement)) % largestElement;
    const body = new Uint8Array(memory.take(start + length), start, length);
    let offset = 0;
    for (const chunk of chunks) {
      body.set(chunk, offset);
      offset += chunk.length;
      free(chunk);
    }
    return body;
  }

  return (request) => {
    if (request.method !== "POST") return undefined;
    const [url, name, version] = inferUrl.exec(request.url) ?? [];
    const length = plainLength(request);
    if (url === undefined || name === undefined || length === undefined || length > maximumRequestBytes)
      return undefined;
    const path =
      version === undefined ? "/v2/models/:name/infer" : "/v2/models/:name/versions/:version/infer";
    return (response, next) => {
      // By this the metrics and traces name the request.
      request.route = { path };
      const jsonLength = Number(request.headers[jsonLengthName]);
      readChunks(request)
        .then((chunks) => {
          if (!(jsonLength >= 0 && length >= minimumAlignedBytes))
            return infer({ name, version, body: joined(chunks, length) }, response);
          const body = aligned(chunks, length, jsonLength);
          // Not after a failure: a worker may be about to take it.
          return infer({ name, version, body }, response).then(() => memory.giveBack([body.buffer]));
        })
        .catch(next);
    };
  };
}

/** Bytes of a body that is sent as it is; undefined: it is not. */
function plainLength({ headers }: IncomingMessage): number | undefined {
  const { "content-length": length, "content-encoding": encoding } = headers;
  if (length === undefined || (encoding !== undefined && encoding !== "identity")) return undefined;
  return Number(length);
}

/** Node's parser sees to it that they have exactly the length that the request says. */
function readChunks(request: IncomingMessage): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(chunks));
    request.on("error", () =>
      reject(new ApiError("the caller went away", { status: 400, code: "request-aborted" })),
    );
  });
}

/** At once: until the garbage collection it would count as garbage outside of the heap, which brings one about sooner. */
function free({ buffer, byteLength }: Buffer): void {
  // Not of memory that it shares with others.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

function joined(chunks: Buffer[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Buffer;
  const body = Buffer.concat(chunks, length);
  for (const chunk of chunks) free(chunk);
  return body;
}

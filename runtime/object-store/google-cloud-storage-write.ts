import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Bucket, CRC32C, type File } from "@google-cloud/storage";
import { invalidInput } from "../errors.ts";
import { googleCode } from "../google-errors.ts";
import { preconditionFailed } from "./object-key.ts";
import type { PutConditions, WrittenObject } from "./object-store.ts";

/**
 * A stream that is longer goes in a resumable upload, in chunks of this size; one chunk is kept, to be sent again
 * when its connection breaks. A multiple of 256 KiB.
 */
const CHUNK_BYTES = 16 << 20;

/** Names the write that made an object, so that a retry can tell its own write from another's. */
const WRITE_ID = "skyloom-write";

const contentType = "application/octet-stream";

/** @throws ApiError `precondition-failed` (412), `invalid-body` (400). */
export async function writeGoogleObject(
  bucket: Bucket,
  key: string,
  body: Uint8Array | string | Readable,
  conditions: PutConditions,
): Promise<WrittenObject> {
  const preconditionOpts = preconditionsOf(key, conditions);
  const writeId = randomUUID();
  const file = bucket.file(key);
  const options = { preconditionOpts, writeId };
  try {
    const { first, rest } = await beginningOf(body);
    if (rest === undefined) await saveAtOnce(file, first, options);
    else await saveInChunks(file, first, rest, options);
    return written(key, file.metadata);
  } catch (error) {
    if (googleCode(error) !== 412) throw error;
    const own = await ownWrite(file, writeId);
    if (own !== undefined) return written(key, own);
    throw preconditionFailed(key, refusalOf(conditions));
  }
}

interface WriteOptions {
  preconditionOpts: { ifGenerationMatch?: string };
  writeId: string;
}

/** An etag that is no generation is none of any object's; generation 0 means that there is none. */
function preconditionsOf(key: string, conditions: PutConditions): { ifGenerationMatch?: string } {
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifNoneMatch !== undefined) return { ifGenerationMatch: "0" };
  if (ifMatch === undefined) return {};
  if (!/^[1-9]\d{0,18}$/.test(ifMatch)) throw preconditionFailed(key, refusalOf(conditions));
  return { ifGenerationMatch: ifMatch };
}

function refusalOf({ ifMatch }: PutConditions): string {
  return ifMatch === undefined ? "it is there already" : `its etag is not ${ifMatch}`;
}

async function saveAtOnce(file: File, content: Uint8Array, { preconditionOpts, writeId }: WriteOptions) {
  const crc32c = new CRC32C();
  crc32c.update(Buffer.from(content.buffer, content.byteOffset, content.byteLength));
  await file.save(content as Buffer, {
    resumable: false,
    // The service checks what it is told; the SDK's own check would delete what another may have written since.
    validation: false,
    metadata: { contentType, crc32c: crc32c.toString(), metadata: { [WRITE_ID]: writeId } },
    preconditionOpts: preconditionOpts as object,
  });
}

async function saveInChunks(
  file: File,
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
  { preconditionOpts, writeId }: WriteOptions,
) {
  const content = async function* () {
    yield first;
    yield* rest;
  };
  const upload = file.createWriteStream({
    resumable: true,
    chunkSize: CHUNK_BYTES,
    highWaterMark: 1 << 20,
    metadata: { contentType, metadata: { [WRITE_ID]: writeId } },
    preconditionOpts: preconditionOpts as object,
  });
  await pipeline(Readable.from(content(), { objectMode: true }), upload);
}

/** The object's metadata where this write made it: then only the answer to it was lost. */
async function ownWrite(file: File, writeId: string) {
  try {
    const [metadata] = await file.getMetadata();
    return metadata.metadata?.[WRITE_ID] === writeId ? metadata : undefined;
  } catch (error) {
    if (googleCode(error) === 404) return undefined;
    throw error;
  }
}

function written(key: string, { size, generation }: { size?: unknown; generation?: unknown }): WrittenObject {
  return { key, size: Number(size), etag: String(generation) };
}

/** At most a chunk; `rest` is undefined where that is all. */
async function beginningOf(body: Uint8Array | string | Readable) {
  if (!(body instanceof Readable))
    return { first: typeof body === "string" ? Buffer.from(body) : body, rest: undefined };
  const parts = bytesOf(body);
  const beginning: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < CHUNK_BYTES) {
    const { done, value } = await parts.next();
    if (done) return { first: Buffer.concat(beginning), rest: undefined };
    beginning.push(value);
    bytes += value.length;
  }
  return { first: Buffer.concat(beginning), rest: parts };
}

async function* bytesOf(body: Readable): AsyncGenerator<Uint8Array, void> {
  for await (const part of body) {
    const chunk = typeof part === "string" ? Buffer.from(part) : part;
    if (!(chunk instanceof Uint8Array))
      throw invalidInput("invalid-body", [{ path: "body", message: "must be a stream of bytes or text" }]);
    yield chunk;
  }
}

import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import type { BlobRequestConditions, BlockBlobClient } from "@azure/storage-blob";
import { invalidInput } from "../errors.ts";

/**
 * What a stream is cut into, and how many of these are under way beside the one that is filled. A blob takes 50,000
 * blocks: streams up to 390 GiB (https://learn.microsoft.com/azure/storage/blobs/scalability-targets).
 */
const blocks = { bytes: 8 << 20, atATime: 3 } as const;

/** Content in memory goes in one request up to here, else in blocks. */
const singleRequestBytes = 64 << 20;

export interface BlobUpload {
  conditions: BlobRequestConditions;
  metadata: Record<string, string>;
}

export interface UploadedBlob {
  /** Bytes. */
  size: number;
  etag: string | undefined;
}

/** The blob has the content when the promise resolves, and before that nothing of it. */
export async function uploadBlob(
  blob: BlockBlobClient,
  body: Uint8Array | string | Readable,
  options: BlobUpload,
): Promise<UploadedBlob> {
  if (body instanceof Readable) return uploadStream(blob, body, options);
  const content =
    typeof body === "string" ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const { etag } = await blob.uploadData(content, {
    ...options,
    maxSingleShotSize: singleRequestBytes,
    blockSize: blocks.bytes,
    concurrency: blocks.atATime,
  });
  return { size: content.length, etag };
}

async function uploadStream(
  blob: BlockBlobClient,
  body: Readable,
  options: BlobUpload,
): Promise<UploadedBlob> {
  const cut = cutIntoBlocks(body);
  const first = await cut.next();
  // A short one in one request: whoever ends a write throws away the blocks that another has under way.
  if (first.done || first.value.length < blocks.bytes) {
    const content = first.value ?? Buffer.alloc(0);
    const { etag } = await blob.upload(content, content.length, options);
    return { size: content.length, etag };
  }
  const staged = await stageBlocks(blob, first.value, cut);
  const { etag } = await blob.commitBlockList(staged.ids, options);
  return { size: staged.size, etag };
}

async function stageBlocks(blob: BlockBlobClient, first: Buffer, rest: AsyncIterable<Buffer>) {
  const upload = randomUUID();
  const ids: string[] = [];
  let size = 0;
  const failed = new AbortController();
  const running = new Set<Promise<void>>();
  const stage = (block: Buffer) => {
    const id = Buffer.from(`${upload}-${String(ids.length).padStart(5, "0")}`).toString("base64");
    ids.push(id);
    size += block.length;
    const staging = blob
      .stageBlock(id, block, block.length, { abortSignal: failed.signal })
      .then(() => void running.delete(staging));
    // It is met where the next one waits for a place, or at the end.
    staging.catch(() => undefined);
    running.add(staging);
  };
  try {
    stage(first);
    for await (const block of rest) {
      if (running.size >= blocks.atATime) await Promise.race(running);
      stage(block);
    }
    await Promise.all(running);
    return { ids, size };
  } catch (error) {
    failed.abort();
    throw error;
  }
}

/** All of the same length but the last one. */
async function* cutIntoBlocks(body: Readable): AsyncGenerator<Buffer, undefined> {
  let block = Buffer.allocUnsafe(blocks.bytes);
  let filled = 0;
  for await (const chunk of bytesOf(body))
    for (let offset = 0; offset < chunk.length; ) {
      const copied = Math.min(chunk.length - offset, blocks.bytes - filled);
      block.set(chunk.subarray(offset, offset + copied), filled);
      filled += copied;
      offset += copied;
      if (filled < blocks.bytes) continue;
      yield block;
      block = Buffer.allocUnsafe(blocks.bytes);
      filled = 0;
    }
  if (filled > 0) yield block.subarray(0, filled);
}

async function* bytesOf(body: Readable): AsyncGenerator<Uint8Array> {
  for await (const part of body) {
    const chunk = typeof part === "string" ? Buffer.from(part) : part;
    if (!(chunk instanceof Uint8Array))
      throw invalidInput("invalid-body", [{ path: "body", message: "must be a stream of bytes or text" }]);
    yield chunk;
  }
}

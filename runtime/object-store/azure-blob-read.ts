import { Readable } from "node:stream";
import type { BlobDownloadResponseParsed, BlockBlobClient } from "@azure/storage-blob";
import { azureErrorCode, azureFailure } from "../azure/errors.ts";
import { blobInfo } from "./azure-blob-list.ts";
import type { ObjectInfo } from "./object-store.ts";

export interface OpenedBlob {
  info: ObjectInfo;
  /** Goes on where a connection broke, as long as the blob is the same. */
  content: AsyncGenerator<Uint8Array>;
  /** For a content that is not read to its end, or not at all. */
  close: () => void;
}

/** How long a content may pause before its connection counts as broken. */
const pauseMilliseconds = 60_000;

/** How often a connection may break in a row without any content between. */
const maximumBreaks = 5;

/** @throws what the SDK throws, also where there is no such blob. */
export async function openBlob(blob: BlockBlobClient, key: string): Promise<OpenedBlob> {
  const opened = await openAt(blob, 0);
  const body = bodyOf(opened);
  return {
    info: blobInfo(key, opened),
    content: contentOf(blob, opened),
    close: () => void body.destroy(),
  };
}

/** As a stream, with its errors translated. */
export function streamOf({ content, close }: OpenedBlob, translate: (error: unknown) => unknown): Readable {
  const translated = async function* () {
    try {
      yield* content;
    } catch (error) {
      throw translate(error);
    }
  };
  return Readable.from(translated(), { objectMode: false }).once("close", close);
}

/** Another write has replaced the blob between two connections, or removed it. */
export function isReplaced(error: unknown): boolean {
  return ["ConditionNotMet", "BlobNotFound"].includes(azureErrorCode(error) ?? "");
}

async function openAt(blob: BlockBlobClient, offset: number, etag?: string) {
  // The SDK's own resumption does not take a reset connection for broken.
  return blob.download(offset, undefined, {
    maxRetryRequests: 0,
    ...(etag !== undefined && { conditions: { ifMatch: etag } }),
  });
}

function bodyOf(opened: BlobDownloadResponseParsed): Readable {
  return opened.readableStreamBody as Readable;
}

async function* contentOf(
  blob: BlockBlobClient,
  first: BlobDownloadResponseParsed,
): AsyncGenerator<Uint8Array> {
  const size = first.contentLength ?? 0;
  let body = bodyOf(first);
  let offset = 0;
  let breaks = 0;
  try {
    while (offset < size)
      try {
        for await (const chunk of withoutPauses(body)) {
          offset += chunk.length;
          breaks = 0;
          yield chunk;
        }
        if (offset < size) throw new Error(`the content ended after ${offset} of ${size} bytes`);
      } catch (error) {
        breaks += 1;
        if (breaks >= maximumBreaks) throw brokenContent(error);
        body = bodyOf(await openAt(blob, offset, first.etag));
      }
  } finally {
    body.destroy();
  }
}

function brokenContent(cause: unknown): unknown {
  if (azureFailure(cause) !== undefined) return cause;
  return Object.assign(new Error("the connection breaks within the content", { cause }), {
    code: "ECONNRESET",
  });
}

async function* withoutPauses(body: Readable): AsyncGenerator<Uint8Array> {
  let timer: NodeJS.Timeout | undefined;
  const watch = () => {
    timer = setTimeout(() => {
      body.destroy(new Error(`no content came for ${pauseMilliseconds / 1000} s`));
    }, pauseMilliseconds);
  };
  try {
    watch();
    for await (const chunk of body) {
      clearTimeout(timer);
      yield chunk;
      watch();
    }
  } finally {
    clearTimeout(timer);
  }
}

import { Readable } from "node:stream";
import { type Bucket, IdempotencyStrategy, Storage, type StorageOptions } from "@google-cloud/storage";
import { backEndError } from "../back-end-errors.ts";
import { ApiError } from "../errors.ts";
import { requireGoogleCredentials } from "../google-credentials.ts";
import { googleCode, googleFailure } from "../google-errors.ts";
import { isMissingBucket, openGoogleObject } from "./google-cloud-storage-read.ts";
import { writeGoogleObject } from "./google-cloud-storage-write.ts";
import { checkListOptions, checkObjectKey, checkPutConditions } from "./object-key.ts";
import type { ListOptions, ListResult, ObjectInfo, ObjectStore, PutConditions } from "./object-store.ts";

export interface GoogleCloudStorageOptions {
  bucket: string;
  /**
   * Default: the service's, or that of the environment variable STORAGE_EMULATOR_HOST. One with `http:` is an
   * emulator: it is sent no credentials.
   */
  endpoint?: string | undefined;
}

/**
 * A bucket of Cloud Storage; an object's etag is its generation. Credentials come from the SDK's default chain, in
 * a cluster from Workload Identity. The SDK tries again for at most a minute what is worth it: every write can be
 * repeated, since one with a condition is known by its own mark (google-cloud-storage-write.ts).
 */
export function createGoogleCloudStorage(options: GoogleCloudStorageOptions): ObjectStore {
  const name = options.bucket;
  const storage = new Storage(storageOptions(options));
  const bucket = storage.bucket(name);
  const isAnonymous = storage.customEndpoint && !storage.useAuthWithCustomEndpoint;

  /** @throws ApiError for what is known; the rest as it is. */
  async function translated<Result>(call: () => Promise<Result>): Promise<Result> {
    try {
      if (!isAnonymous) await requireGoogleCredentials(storage.authClient);
      return await call();
    } catch (error) {
      const failure = error instanceof ApiError ? undefined : googleFailure(error);
      throw failure === undefined ? error : backEndError("bucket", failure, { name, cause: error });
    }
  }

  async function put(key: string, body: Uint8Array | string | Readable, conditions: PutConditions) {
    checkObjectKey(key);
    checkPutConditions(conditions);
    return writeGoogleObject(bucket, key, body, conditions);
  }

  return {
    get: (key) =>
      translated(async () => {
        checkObjectKey(key);
        const opened = await openGoogleObject(bucket, key);
        if (opened === undefined) return undefined;
        const chunks: Uint8Array[] = [];
        for await (const chunk of opened.body) chunks.push(chunk);
        return { ...opened, body: Buffer.concat(chunks) };
      }),
    getStream: (key) =>
      translated(async () => {
        checkObjectKey(key);
        return openGoogleObject(bucket, key);
      }),
    head: (key) =>
      translated(async () => {
        checkObjectKey(key);
        return headOf(bucket, key);
      }),
    async put(key, body, conditions = {}) {
      try {
        return await translated(() => put(key, body, conditions));
      } catch (error) {
        if (body instanceof Readable) body.destroy();
        throw error;
      }
    },
    delete: (key) =>
      translated(async () => {
        checkObjectKey(key);
        await bucket.file(key).delete({ ignoreNotFound: true });
      }),
    list: (listOptions = {}) =>
      translated(async () => {
        checkListOptions(listOptions);
        return list(bucket, listOptions);
      }),
  };
}

function storageOptions({ endpoint }: GoogleCloudStorageOptions): StorageOptions {
  return {
    retryOptions: {
      autoRetry: true,
      maxRetries: 4,
      totalTimeout: 60,
      maxRetryDelay: 16,
      idempotencyStrategy: IdempotencyStrategy.RetryAlways,
    },
    ...(endpoint !== undefined && {
      apiEndpoint: endpoint,
      useAuthWithCustomEndpoint: endpoint.startsWith("https:"),
    }),
  };
}

async function headOf(bucket: Bucket, key: string): Promise<ObjectInfo | undefined> {
  try {
    const [metadata] = await bucket.file(key).getMetadata();
    return objectInfo(key, metadata);
  } catch (error) {
    if (googleCode(error) === 404 && !isMissingBucket(error)) return undefined;
    throw error;
  }
}

/** The service has no start that is exclusive: the first key may be the one to leave out, so one more is asked for. */
async function list(
  bucket: Bucket,
  { prefix = "", startAfter = "", limit = 1000 }: ListOptions,
): Promise<ListResult> {
  const [files, next] = await bucket.getFiles({
    autoPaginate: false,
    maxResults: Math.min(1000, limit + 1),
    fields: "items(name,size,generation,updated),nextPageToken",
    ...(prefix !== "" && { prefix }),
    ...(startAfter !== "" && { startOffset: startAfter }),
  });
  // Asked for some fields only, the SDK gives them as they came.
  const found = (files as unknown as ListedObject[]).filter(({ name }) => name !== startAfter);
  const objects = found.slice(0, limit).map((listed) => objectInfo(listed.name, listed));
  const isMore = found.length > limit || next !== null;
  return { objects, nextStartAfter: isMore ? (objects.at(-1)?.key ?? startAfter) : undefined };
}

interface ListedObject {
  name: string;
  size: string;
  generation: string;
  updated: string;
}

/** Whole seconds, as the headers of a content tell the time. */
function objectInfo(
  key: string,
  { size, generation, updated }: { size?: unknown; generation?: unknown; updated?: unknown },
): ObjectInfo {
  const time = Math.floor(Date.parse(String(updated)) / 1000) * 1000;
  return { key, size: Number(size), etag: String(generation), lastModified: new Date(time) };
}

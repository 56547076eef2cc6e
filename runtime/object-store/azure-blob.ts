import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { type BlobRequestConditions, ContainerClient, newPipeline } from "@azure/storage-blob";
import { azureCredential } from "../azure/credential.ts";
import { azureErrorCode, azureFailure } from "../azure/errors.ts";
import {
  type AzureServiceOptions,
  eachTry,
  endpointProblem,
  retryOptions,
  serviceUrl,
} from "../azure/service.ts";
import { backEndError } from "../back-end-errors.ts";
import { ApiError, invalidInput } from "../errors.ts";
import { blobInfo, listBlobs, plainEtag } from "./azure-blob-list.ts";
import { isReplaced, openBlob, streamOf } from "./azure-blob-read.ts";
import { uploadBlob } from "./azure-blob-upload.ts";
import { checkListOptions, checkObjectKey, checkPutConditions, preconditionFailed } from "./object-key.ts";
import type { ObjectStore, PutConditions, StoredObject, WrittenObject } from "./object-store.ts";

export interface AzureBlobStoreOptions extends AzureServiceOptions {
  container: string;
}

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
const maximumSegments = 254;

/** How often a get begins anew. */
const maximumOpenings = 5;

/** Metadata that names the write that made a blob, so that a retry can tell its own write from another's. */
const writeId = "skyloomwrite";

/**
 * A container of Azure Blob Storage, without hierarchical namespace; of block blobs. Who we are is told by an access
 * token (azure/credential.ts), never by a key. The SDK tries each request up to five times.
 *
 * Beyond the rules for all buckets (object-key.ts) it refuses keys of more than 254 segments. Of writers that stream
 * more than 8 MiB to the same key at the same time, the first that ends wins, and the others get `write-conflict` (409,
 * retryable), since Azure then throws their blocks away.
 * @throws ApiError `invalid-bucket-url` (400).
 */
export function createAzureBlobStore(options: AzureBlobStoreOptions): ObjectStore {
  const message = endpointProblem(options.endpoint);
  if (message !== undefined)
    throw invalidInput("invalid-bucket-url", [{ path: "bucket", message }], "bucket URL");
  const pipeline = newPipeline(azureCredential(), { retryOptions });
  pipeline.factories.push(eachTry);
  const container = new ContainerClient(`${serviceUrl("blob", options)}/${options.container}`, pipeline);
  const name = `${options.account}/${options.container}`;

  /** An ApiError for what is known; the rest as it is. */
  function translate(error: unknown): unknown {
    const failure = azureFailure(error);
    return failure === undefined ? error : backEndError("bucket", failure, { name, cause: error });
  }

  async function translated<Result>(call: () => Promise<Result>): Promise<Result> {
    try {
      return await call();
    } catch (error) {
      throw translate(error);
    }
  }

  function blobOf(key: string) {
    checkObjectKey(key, segmentsProblem);
    return container.getBlockBlobClient(key);
  }

  async function open(key: string) {
    return openBlob(blobOf(key), key).catch(undefinedIfMissing);
  }

  /** Where another write replaces the blob between two connections, it is read from the start again. */
  async function get(key: string): Promise<StoredObject | undefined> {
    for (let opening = 1; ; opening += 1) {
      const opened = await open(key);
      if (opened === undefined) return undefined;
      try {
        const chunks: Uint8Array[] = [];
        for await (const chunk of opened.content) chunks.push(chunk);
        return { ...opened.info, body: Buffer.concat(chunks) };
      } catch (error) {
        if (opening === maximumOpenings || !isReplaced(error)) throw error;
      }
    }
  }

  async function properties(key: string) {
    return blobOf(key).getProperties().catch(undefinedIfMissing);
  }

  async function put(key: string, body: Uint8Array | string | Readable, conditions: PutConditions) {
    const blob = blobOf(key);
    checkPutConditions(conditions);
    const isConditional = (conditions.ifMatch ?? conditions.ifNoneMatch) !== undefined;
    // Before a large body is read for nothing; what counts is Azure's own check.
    if (body instanceof Readable && isConditional) await checkConditions(key, conditions);
    const id = randomUUID();
    try {
      const upload = { conditions: blobConditions(conditions), metadata: { [writeId]: id } };
      const { size, etag } = await uploadBlob(blob, body, upload);
      return { key, size, etag: plainEtag(etag) };
    } catch (error) {
      if (!isRefusedWrite(error)) throw error;
      return await explainRefusal(key, id, conditions, error);
    }
  }

  async function checkConditions(key: string, conditions: PutConditions): Promise<void> {
    const current = await properties(key);
    const isRefused =
      conditions.ifMatch === undefined
        ? current !== undefined
        : current === undefined || plainEtag(current.etag) !== conditions.ifMatch;
    if (isRefused) throw preconditionFailed(key, refusalOf(conditions));
  }

  /** The first try may have been carried out, and only its answer was lost. */
  async function explainRefusal(
    key: string,
    id: string,
    conditions: PutConditions,
    error: unknown,
  ): Promise<WrittenObject> {
    const current = await properties(key);
    if (current?.metadata?.[writeId] === id) {
      const { size, etag } = blobInfo(key, current);
      return { key, size, etag };
    }
    if ((conditions.ifMatch ?? conditions.ifNoneMatch) !== undefined)
      throw preconditionFailed(key, refusalOf(conditions));
    throw new ApiError(`object ${key} was not written: another write to it ended at the same time`, {
      status: 409,
      code: "write-conflict",
      isRetryable: true,
      cause: error,
    });
  }

  return {
    get: (key) => translated(() => get(key)),
    getStream: (key) =>
      translated(async () => {
        const opened = await open(key);
        return opened && { ...opened.info, body: streamOf(opened, translate) };
      }),
    head: (key) =>
      translated(async () => {
        const current = await properties(key);
        return current && blobInfo(key, current);
      }),
    async put(key, body, conditions = {}) {
      try {
        return await put(key, body, conditions);
      } catch (error) {
        if (body instanceof Readable) body.destroy();
        throw translate(error);
      }
    },
    delete: (key) =>
      translated(async () => {
        await blobOf(key).delete().catch(undefinedIfMissing);
      }),
    list: (listOptions = {}) =>
      translated(async () => {
        checkListOptions(listOptions);
        return listBlobs(container, listOptions);
      }),
  };
}

function segmentsProblem(key: string): string | undefined {
  const segments = key.split("/").length;
  return segments > maximumSegments
    ? `must have at most ${maximumSegments} segments, not ${segments}`
    : undefined;
}

function blobConditions({ ifMatch, ifNoneMatch }: PutConditions): BlobRequestConditions {
  return {
    ...(ifMatch !== undefined && { ifMatch: `"${ifMatch}"` }),
    ...(ifNoneMatch !== undefined && { ifNoneMatch }),
  };
}

function undefinedIfMissing(error: unknown): undefined {
  if (azureErrorCode(error) !== "BlobNotFound") throw error;
}

function isRefusedWrite(error: unknown): boolean {
  const code = azureErrorCode(error) ?? "";
  return ["ConditionNotMet", "TargetConditionNotMet", "BlobAlreadyExists", "InvalidBlockList"].includes(code);
}

function refusalOf({ ifMatch }: PutConditions): string {
  return ifMatch === undefined ? "it is there already" : `its etag is not ${ifMatch}`;
}

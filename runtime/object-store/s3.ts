import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { awsFailure, isServiceError, statusOf, wasRetried } from "../aws-errors.ts";
import { backEndError } from "../back-end-errors.ts";
import { invalidInput } from "../errors.ts";
import { checkListOptions, checkObjectKey, checkPutConditions, preconditionFailed } from "./object-key.ts";
import type { ListOptions, ObjectInfo, ObjectStore, PutConditions, WrittenObject } from "./object-store.ts";

export interface S3ObjectStoreOptions {
  bucket: string;
  /** Default: AWS_REGION, or the profile's. */
  region?: string | undefined;
  /** Default: the region's. */
  endpoint?: string | undefined;
  /** `ENDPOINT/BUCKET/KEY` instead of the bucket as a host name. Default false. */
  forcePathStyle?: boolean | undefined;
}

/**
 * What a stream is cut into. S3 takes 10,000 parts of 5 MiB to 5 GiB: objects up to 156 GiB, with at most this many
 * parts of the content in memory (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).
 */
const upload = { partBytes: 16 << 20, partsAtATime: 3 } as const;

/** Names the write that made an object, so that a retry can tell its own write from another's. */
const WRITE_ID = "skyloom-write";

/**
 * A bucket of S3, or of a service that speaks its protocol with conditional writes (If-Match, If-None-Match).
 * Credentials come from the SDK's default chain. The SDK retries what is worth it, three times in all.
 * @throws ApiError `invalid-bucket-url` (400) where no region is known.
 */
export async function createS3ObjectStore(options: S3ObjectStoreOptions): Promise<ObjectStore> {
  const { bucket } = options;
  const client = new S3Client(clientConfig(options));
  await client.config.region().catch(() => {
    const message = "parameter region is required where AWS_REGION is not set";
    throw invalidInput("invalid-bucket-url", [{ path: "bucket", message }], "bucket URL");
  });

  /** @throws ApiError for what is known; the rest as it is. */
  function translate(error: unknown): unknown {
    const failure = awsFailure(error);
    return failure === undefined ? error : backEndError("bucket", failure, { name: bucket, cause: error });
  }

  async function head(key: string) {
    try {
      return await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    } catch (error) {
      if (isMissingObject(error)) return undefined;
      throw error;
    }
  }

  async function open(key: string) {
    try {
      const { Body, ...output } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return { info: objectInfo(key, output), body: Body as Readable };
    } catch (error) {
      if (isMissingObject(error)) return undefined;
      throw error;
    }
  }

  async function write(
    key: string,
    body: Uint8Array | string | Readable,
    conditions: PutConditions,
  ): Promise<WrittenObject> {
    const writeId = randomUUID();
    const content = countBytes(body);
    const parameters = {
      Bucket: bucket,
      Key: key,
      Metadata: { [WRITE_ID]: writeId },
      ...(conditions.ifMatch !== undefined && { IfMatch: conditions.ifMatch }),
      ...(conditions.ifNoneMatch !== undefined && { IfNoneMatch: conditions.ifNoneMatch }),
    };
    try {
      const { ETag } = await send({ ...parameters, Body: content.body });
      return { key, size: content.bytes(), etag: String(ETag) };
    } catch (error) {
      if (!isRefusedCondition(error)) throw error;
      const current = wasRetried(error) ? await head(key) : undefined;
      if (current?.Metadata?.[WRITE_ID] === writeId)
        return { key, size: content.bytes(), etag: String(current.ETag) };
      throw preconditionFailed(key, refusalOf(conditions));
    }
  }

  function send(parameters: { Bucket: string; Key: string; Body: Uint8Array | Readable }) {
    if (parameters.Body instanceof Uint8Array) return client.send(new PutObjectCommand(parameters));
    const { partBytes: partSize, partsAtATime: queueSize } = upload;
    return new Upload({ client, params: parameters, partSize, queueSize }).done();
  }

  /** Before a large body is read for nothing; what counts is S3's own check. */
  async function checkConditionsEarly(key: string, conditions: PutConditions): Promise<void> {
    const current = await head(key);
    const isRefused =
      conditions.ifMatch === undefined ? current !== undefined : current?.ETag !== conditions.ifMatch;
    if (isRefused) throw preconditionFailed(key, refusalOf(conditions));
  }

  async function put(key: string, body: Uint8Array | string | Readable, conditions: PutConditions) {
    checkObjectKey(key);
    checkPutConditions(conditions);
    if (body instanceof Readable && (conditions.ifMatch ?? conditions.ifNoneMatch) !== undefined)
      await checkConditionsEarly(key, conditions);
    return write(key, body, conditions);
  }

  async function list({ prefix, startAfter, limit = 1000 }: ListOptions) {
    const output = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        MaxKeys: limit,
        ...(prefix && { Prefix: prefix }),
        ...(startAfter && { StartAfter: startAfter }),
      }),
    );
    const objects = (output.Contents ?? []).map(({ Key, ...content }) => objectInfo(String(Key), content));
    return { objects, nextStartAfter: output.IsTruncated ? objects.at(-1)?.key : undefined };
  }

  /** Runs a call with its errors translated. */
  async function translated<Result>(call: () => Promise<Result>): Promise<Result> {
    try {
      return await call();
    } catch (error) {
      throw translate(error);
    }
  }

  return {
    get: (key) =>
      translated(async () => {
        checkObjectKey(key);
        const opened = await open(key);
        if (opened === undefined) return undefined;
        const chunks: Uint8Array[] = [];
        for await (const chunk of opened.body) chunks.push(chunk);
        return { ...opened.info, body: Buffer.concat(chunks) };
      }),
    getStream: (key) =>
      translated(async () => {
        checkObjectKey(key);
        const opened = await open(key);
        return opened && { ...opened.info, body: opened.body };
      }),
    head: (key) =>
      translated(async () => {
        checkObjectKey(key);
        const output = await head(key);
        return output && objectInfo(key, output);
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
        checkObjectKey(key);
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      }),
    list: (listOptions = {}) =>
      translated(async () => {
        checkListOptions(listOptions);
        return list(listOptions);
      }),
  };
}

function clientConfig({ region, endpoint, forcePathStyle }: S3ObjectStoreOptions): S3ClientConfig {
  return {
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(forcePathStyle !== undefined && { forcePathStyle }),
    // Services that speak S3's protocol know not all of its checksums.
    ...(endpoint !== undefined && {
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    }),
  };
}

function objectInfo(
  key: string,
  output: {
    ContentLength?: number | undefined;
    Size?: number | undefined;
    ETag?: string | undefined;
    LastModified?: Date | undefined;
  },
): ObjectInfo {
  return {
    key,
    size: output.ContentLength ?? output.Size ?? 0,
    etag: String(output.ETag),
    lastModified: output.LastModified ?? new Date(0),
  };
}

function isMissingObject(error: unknown): boolean {
  return isServiceError(error) && (error.name === "NoSuchKey" || error.name === "NotFound");
}

/** 409: another conditional write, or a deletion, was faster; 404: If-Match on what is not there. */
function isRefusedCondition(error: unknown): boolean {
  if (!isServiceError(error)) return false;
  return statusOf(error) === 412 || error.name === "ConditionalRequestConflict" || error.name === "NoSuchKey";
}

function refusalOf({ ifMatch }: PutConditions): string {
  return ifMatch === undefined ? "it is there already" : `its etag is no longer ${ifMatch}`;
}

function countBytes(body: Uint8Array | string | Readable) {
  if (!(body instanceof Readable)) {
    const content = typeof body === "string" ? Buffer.from(body) : body;
    return { body: content, bytes: () => content.length };
  }
  let bytes = 0;
  const counted = async function* () {
    for await (const part of body) {
      const chunk = typeof part === "string" ? Buffer.from(part) : part;
      if (!(chunk instanceof Uint8Array))
        throw invalidInput("invalid-body", [{ path: "body", message: "must be a stream of bytes or text" }]);
      bytes += chunk.length;
      yield chunk;
    }
  };
  return { body: Readable.from(counted(), { objectMode: false }), bytes: () => bytes };
}

import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ApiError, notFound } from "../../errors.ts";
import { listAll } from "../../object-store/list-all.ts";
import type { ObjectStore } from "../../object-store/object-store.ts";
import type { Outbound } from "../../outbound/outbound.ts";
import { type ImportOptions, maximumImportedBytes } from "./import-model.ts";

export interface SourceFile {
  /** Beside the file that the URL names. */
  path: string;
  /** Bytes. */
  size?: number;
  sha256?: string;
}

/** Where the files of a model come from. */
export interface ModelSource {
  /** As in the request, without what may be a key. */
  url: string;
  /** Of the file or folder. */
  name: string;
  /** All files of a folder; undefined: the URL names one file. */
  files: (() => Promise<SourceFile[]>) | undefined;
  /**
   * Writes a file to this machine, as it comes.
   * @throws ApiError `import-not-found` (404), `import-too-large` (413) where all files together are, `import-corrupt`
   * (422) where size or SHA-256 differ
   */
  save(file: SourceFile, target: string): Promise<void>;
}

type Open = (path: string) => Promise<{ body: Readable; size: number | undefined }>;

export function createSource(url: string, options: ImportOptions): ModelSource {
  const isInBucket = url.startsWith("bucket:");
  const key = url.slice("bucket:".length);
  const open = isInBucket
    ? openObject(options.store, key)
    : openAddress(options.outbound, url, options.signal);
  const limit = options.maximumBytes ?? maximumImportedBytes;
  let left = limit;
  const { pathname, origin } = isInBucket ? { pathname: key, origin: "bucket:" } : new URL(url);

  async function save({ path, size, sha256 }: SourceFile, target: string): Promise<void> {
    const opened = await open(path);
    const expected = size ?? opened.size ?? 0;
    if (expected > left) {
      opened.body.destroy();
      throw tooLarge(limit);
    }
    const hash = createHash("sha256");
    let bytes = 0;
    async function* checked(parts: AsyncIterable<Uint8Array>) {
      for await (const part of parts) {
        bytes += part.length;
        if (bytes > left) throw tooLarge(limit);
        hash.update(part);
        yield part;
      }
    }
    await pipeline(opened.body, checked, createWriteStream(target));
    left -= bytes;
    if (size !== undefined && bytes !== size)
      throw corrupt(path, `has ${bytes} bytes, the manifest says ${size}`);
    const digest = hash.digest("hex");
    if (sha256 !== undefined && digest !== sha256)
      throw corrupt(path, `has the SHA-256 ${digest}, expected was ${sha256}`);
  }

  return {
    url: `${origin}${pathname}`,
    name: basename(isInBucket ? key : decodedPath(pathname)),
    files: isInBucket && key.endsWith("/") ? () => objectsBelow(options.store, key) : undefined,
    save,
  };
}

/** As it is where it cannot be decoded. */
function decodedPath(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

function openObject(store: ObjectStore, key: string): Open {
  const folder = key.slice(0, key.lastIndexOf("/") + 1);
  return async (path) => {
    const object = await store.getStream(`${folder}${path}`);
    if (object === undefined)
      throw notFound("import-not-found", `there is no object ${folder}${path} in the bucket`);
    return { body: object.body, size: object.size };
  };
}

function openAddress(outbound: Pick<Outbound, "send">, url: string, signal: AbortSignal | undefined): Open {
  return async (path) => {
    const address = new URL(url);
    address.pathname = address.pathname.replace(/[^/]*$/, path.split("/").map(encodeURIComponent).join("/"));
    const answer = await outbound.send({ url: address.href, ...(signal !== undefined && { signal }) });
    const refuse = (error: ApiError) => {
      answer.body.destroy();
      return error;
    };
    const shown = `${address.origin}${address.pathname}`;
    if (!answer.url.startsWith("https:"))
      throw refuse(
        new ApiError(`${shown} leads to ${new URL(answer.url).origin}, which is not https`, {
          status: 422,
          code: "import-corrupt",
        }),
      );
    if (answer.status === 404) throw refuse(notFound("import-not-found", `there is no ${shown}`));
    if (answer.status !== 200)
      throw refuse(
        new ApiError(`${shown} answered ${answer.status}`, { status: 502, code: "target-unreachable" }),
      );
    const length =
      answer.headers["content-encoding"] === undefined ? answer.headers["content-length"] : undefined;
    return { body: answer.body, size: length === undefined ? undefined : Number(length) };
  };
}

async function objectsBelow(store: ObjectStore, prefix: string): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for await (const { key } of listAll(store, prefix))
    if (!key.endsWith("/")) files.push({ path: key.slice(prefix.length) });
  if (files.length === 0)
    throw notFound("import-not-found", `there is nothing below ${prefix} in the bucket`);
  return files;
}

function tooLarge(maximum: number): ApiError {
  return new ApiError(`the model is larger than ${maximum} bytes`, { status: 413, code: "import-too-large" });
}

function corrupt(path: string, message: string): ApiError {
  return new ApiError(`${path} ${message}`, {
    status: 422,
    code: "import-corrupt",
    problems: [{ path, message }],
  });
}

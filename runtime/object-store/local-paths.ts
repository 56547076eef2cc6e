import { type BigIntStats, lstatSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ApiError, errorMessage } from "../errors.ts";
import { hasCode } from "./local-files.ts";
import { checkObjectKey } from "./object-key.ts";

/** Holds the lock, the etags and files that are being written; its name is no key. */
export const reservedName = ".skyloom-bucket";

/**
 * Makes the folder where it is missing; returns its true path.
 * @throws ApiError `bucket-unavailable` (500), `storage-full` (507).
 */
export function prepareFolder(wanted: string): string {
  try {
    const folder = resolve(wanted);
    mkdirSync(join(folder, reservedName, "temporary"), { recursive: true });
    return realpathSync.native(folder);
  } catch (error) {
    const translated = translateStorageError(error);
    if (translated instanceof ApiError) throw translated;
    throw new ApiError(`bucket folder ${wanted} cannot be used: ${errorMessage(error)}`, {
      status: 500,
      code: "bucket-unavailable",
      cause: error,
    });
  }
}

export function isReserved(name: string): boolean {
  return name.toLowerCase() === reservedName;
}

export function checkKey(key: string): void {
  checkObjectKey(key, (text) =>
    isReserved(text.split("/")[0] ?? "")
      ? `must not begin with ${reservedName}, which is reserved`
      : undefined,
  );
}

/**
 * What a question about a name answers, undefined where nothing is there. Names are asked for without a thread: the
 * kernel knows them in microseconds, and the way to a thread and back takes many times as long.
 */
function ifThere<Answer>(ask: () => Answer): Answer | undefined {
  try {
    return ask();
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
    throw error;
  }
}

/** The true name of a path, undefined where nothing is there. */
export function realPathOf(path: string): string | undefined {
  return ifThere(() => realpathSync.native(path));
}

/** Undefined where nothing is there. */
export function statsOf(path: string): BigIntStats | undefined {
  // An error costs many times what the answer does.
  return ifThere(() => lstatSync(path, { bigint: true, throwIfNoEntry: false }));
}

function isTrueFolder(path: string): boolean {
  return statsOf(path)?.isDirectory() === true && realPathOf(path) === path;
}

/** @throws ApiError `key-conflict` where the key, or a part of it, is another name on this file system. */
export function checkPath(folder: string, key: string): void {
  const segments = key.split("/");
  // Nearly always the folders above are there as they should be.
  const first = isTrueFolder(dirname(join(folder, key))) ? segments.length : 1;
  for (let count = first; count <= segments.length; count += 1) {
    const path = join(folder, ...segments.slice(0, count));
    const stats = statsOf(path);
    if (stats === undefined) return;
    if (realPathOf(path) !== path)
      throw keyConflict(key, `${path} leads elsewhere, or is there in another letter case`);
    if (count < segments.length && !stats.isDirectory())
      throw keyConflict(key, `${segments.slice(0, count).join("/")} is an object itself`);
    if (count === segments.length && stats.isDirectory())
      throw keyConflict(key, `there are objects below ${key}/`);
  }
}

function keyConflict(key: string, message: string): ApiError {
  return new ApiError(`object ${key} cannot be written: ${message}`, { status: 409, code: "key-conflict" });
}

/** What another program did to the folder between the check and the move. */
export function translatePathError(key: string, error: unknown): unknown {
  return hasCode(error, "EISDIR", "ENOTDIR", "EEXIST", "ENOTEMPTY")
    ? keyConflict(key, errorMessage(error))
    : error;
}

export function translateStorageError(error: unknown): unknown {
  return hasCode(error, "ENOSPC", "EDQUOT", "EFBIG", "SQLITE_FULL")
    ? new ApiError(`the bucket's disk is full: ${errorMessage(error)}`, {
        status: 507,
        code: "storage-full",
        cause: error,
      })
    : error;
}

import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { ApiError, errorMessage } from "../errors.ts";

/** SQLite's codes as errors that a caller can act on; every other error as it is. */
export function translateQueueError(error: unknown, file: string): unknown {
  if (isStorageFull(error, file))
    return new ApiError(`the queue's disk is full: ${errorMessage(error)} (${file})`, {
      status: 507,
      code: "storage-full",
      cause: error,
    });
  if (!(error instanceof Database.SqliteError)) return error;
  if (error.code.startsWith("SQLITE_BUSY"))
    return new ApiError(`queue ${file} is busy: another process kept it locked`, {
      status: 503,
      code: "queue-busy",
      cause: error,
    });
  return new ApiError(`queue ${file} failed: ${error.message} (${error.code})`, {
    status: 503,
    code: "queue-unavailable",
    cause: error,
  });
}

function isStorageFull(error: unknown, file: string): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  const code = String(error.code);
  if (["SQLITE_FULL", "ENOSPC", "EDQUOT"].includes(code)) return true;
  // Where it is a shared-memory or journal file that cannot grow, SQLite says only that a write failed.
  return /^SQLITE_(IOERR|CANTOPEN)/.test(code) && freeBytes(dirname(file)) < 64 * 1024;
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

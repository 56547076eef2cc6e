import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";

/** Less than this and nothing is started: logs, messages and models need room. 200 MB. */
export const minimumFreeBytes = 200_000_000;

const megabytes = (bytes: number) => `${Math.floor(bytes / 1_000_000)} MB`;

/** Bytes free for this user where the folder is, or will be. */
function freeBytes(folder: string): number {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return bavail * bsize;
}

/** What is wrong with the space for the folder; undefined when there is enough. */
export function diskSpaceProblem(folder: string, minimumBytes = minimumFreeBytes): string | undefined {
  const free = freeBytes(folder);
  if (free >= minimumBytes) return undefined;
  return (
    `the disk is full (ENOSPC): ${megabytes(free)} free for ${folder}, at least ${megabytes(minimumBytes)} are needed; ` +
    "free some space, or put the state elsewhere with SKYLOOM_STATE_FOLDER"
  );
}

/** Makes errors of a full disk say where it is full and how much is free; others stay as they are. */
export function explainDiskError(error: unknown, folder: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new Error(
    `the disk is full (${code}): ${megabytes(freeBytes(folder))} free for ${folder}: ${message}`,
    {
      cause: error,
    },
  );
}

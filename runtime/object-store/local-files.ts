import { randomUUID } from "node:crypto";
import { mkdirSync, writeFile as writeWithCallback } from "node:fs";
import { open, readdir, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { invalidInput } from "../errors.ts";
import { createEtagHash } from "./local-etags.ts";

export interface TemporaryFile {
  path: string;
  etag: string;
}

/** Writes the body to a new file and syncs it to the disk; leaves no file behind when it fails. */
export async function writeTemporaryFile(
  folder: string,
  body: Uint8Array | string | Readable,
): Promise<TemporaryFile> {
  const path = join(folder, randomUUID());
  const hash = createEtagHash();
  try {
    if (body instanceof Readable) await writeStream(path, hashed(body, hash));
    else {
      hash.update(body);
      // Nothing to lose in an empty one: that it is there is known once its folder is synced.
      await writeFile(path, body, { flag: "wx", flush: body.length > 0 });
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { path, etag: hash.etag() };
}

/** What comes with promises takes twice the processor time, on handles with their own bookkeeping. */
const writeFile = promisify(writeWithCallback);

async function writeStream(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(path, "wx");
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* hashed(body: Readable, hash: ReturnType<typeof createEtagHash>) {
  for await (const part of body) {
    const chunk = typeof part === "string" ? Buffer.from(part) : part;
    if (!(chunk instanceof Uint8Array))
      throw invalidInput("invalid-body", [{ path: "body", message: "must be a stream of bytes or text" }]);
    hash.update(chunk);
    yield chunk;
  }
}

/** Removes what writers that were killed left behind: files that nobody has written to for an hour. */
export async function removeAbandonedFiles(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined && now - stats.mtimeMs > 3_600_000) await rm(path, { force: true });
  }
}

/** Makes the folder and its parents; returns the folders whose entries are then to be synced. */
export function makeFolders(folder: string): string[] {
  const firstMade = mkdirSync(folder, { recursive: true });
  const changed = [folder];
  if (firstMade === undefined) return changed;
  for (let path = folder; path !== dirname(firstMade); path = dirname(path)) changed.push(dirname(path));
  return changed;
}

/** Removes `folder` and those above it, up to `root` (which stays), as long as they are empty. */
export async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  for (let path = folder; path !== root; path = dirname(path))
    try {
      await rmdir(path);
    } catch (error) {
      if (hasCode(error, "ENOTEMPTY", "EEXIST")) return;
      if (!hasCode(error, "ENOENT")) throw error;
    }
}

/** Makes changes of a folder's entries durable; one that is gone was removed after they changed. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "./local-files.ts";
import { objectKeyProblem } from "./object-key.ts";

export interface WalkOptions {
  prefix: string;
  startAfter: string | undefined;
  /** Entries at the top that hold no objects. */
  isReserved: (name: string) => boolean;
  /** Called with each folder that is read, for tests. */
  onRead?: ((folder: string) => void) | undefined;
}

/** The keys below `root` in ascending UTF-8 byte order; reads only folders that can hold a key that is asked for. */
export function walkKeys(root: string, options: WalkOptions): AsyncGenerator<string> {
  return walk(root, options.prefix.slice(0, options.prefix.lastIndexOf("/") + 1), options);
}

async function* walk(root: string, folder: string, options: WalkOptions): AsyncGenerator<string> {
  for (const { key, isFolder } of await entries(root, folder, options))
    if (isFolder) yield* walk(root, key, options);
    else yield key;
}

/** A folder's key ends in `/`: so sorted, it stands where the keys inside it belong. */
async function entries(
  root: string,
  folder: string,
  { prefix, startAfter, isReserved, onRead }: WalkOptions,
) {
  onRead?.(folder);
  const found: { key: string; bytes: Buffer; isFolder: boolean }[] = [];
  const after = startAfter === undefined ? undefined : Buffer.from(startAfter);
  for (const entry of await readFolder(join(root, folder))) {
    const isFolder = entry.isDirectory();
    if (!isFolder && !entry.isFile()) continue;
    if (folder === "" && isReserved(entry.name)) continue;
    const key = `${folder}${entry.name}${isFolder ? "/" : ""}`;
    if (!key.startsWith(prefix) || objectKeyProblem(`${folder}${entry.name}`) !== undefined) continue;
    const bytes = Buffer.from(key);
    const isPast = after !== undefined && Buffer.compare(bytes, after) <= 0;
    if (isPast && !(isFolder && startAfter?.startsWith(key))) continue;
    found.push({ key, bytes, isFolder });
  }
  return found.sort((one, other) => Buffer.compare(one.bytes, other.bytes));
}

async function readFolder(path: string) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    // Removed since its parent was read, or the prefix names no folder.
    if (hasCode(error, "ENOENT", "ENOTDIR", "ENAMETOOLONG")) return [];
    throw error;
  }
}

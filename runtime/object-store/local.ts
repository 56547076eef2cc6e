import { type BigIntStats, constants, lstatSync } from "node:fs";
import { type FileHandle, open, rename, rm, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { shareCalls } from "../shared-calls.ts";
import { createEtagIndex } from "./local-etags.ts";
import {
  hasCode,
  makeFolders,
  removeAbandonedFiles,
  removeEmptyFolders,
  syncFolder,
  type TemporaryFile,
  writeTemporaryFile,
} from "./local-files.ts";
import { walkKeys } from "./local-list.ts";
import { createFolderLock } from "./local-lock.ts";
import {
  checkKey,
  checkPath,
  isReserved,
  prepareFolder,
  realPathOf,
  reservedName,
  statsOf,
  translatePathError,
  translateStorageError,
} from "./local-paths.ts";
import { checkListOptions, checkPutConditions, objectKeyProblem, preconditionFailed } from "./object-key.ts";
import type { ListOptions, ListResult, ObjectInfo, ObjectStore, PutConditions } from "./object-store.ts";

export interface LocalObjectStoreOptions {
  /** Made where it is missing. Every object is a file in it at the path that is its key. */
  folder: string;
  /** How long a write waits for other writers. Default 30. */
  lockWaitSeconds?: number;
  /** Called with each folder that a list reads, for tests. */
  onReadFolder?: (folder: string) => void;
}

/**
 * A folder as a bucket, for any number of processes on one machine.
 *
 * Beyond the rules for all buckets (object-key.ts) it refuses with `key-conflict` (409) a key that is a folder of
 * other objects (`a` beside `a/b`), and one that the file system takes for another (a symbolic link on the way, or
 * another letter case where the file system ignores it). Keys below `.skyloom-bucket` are reserved.
 * A full disk is ApiError `storage-full` (507).
 */
export function createLocalObjectStore(options: LocalObjectStoreOptions): ObjectStore {
  const folder = prepareFolder(options.folder);
  const temporary = join(folder, reservedName, "temporary");
  const etags = createEtagIndex(join(folder, reservedName, "etags.db"));
  const lock = createFolderLock(join(folder, reservedName, "lock.db"), {
    waitSeconds: options.lockWaitSeconds,
    afterGroup: etags.write,
  });
  const syncShared = shareCalls(syncFolder);
  let swept: Promise<void> | undefined;

  async function openObject(key: string): Promise<{ handle: FileHandle; stats: BigIntStats } | undefined> {
    const path = join(folder, key);
    if (realPathOf(path) !== path) return undefined;
    let handle: FileHandle | undefined;
    try {
      // Opening a named pipe would otherwise wait for its writer.
      handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const stats = await handle.stat({ bigint: true });
      if (stats.isFile()) return { handle, stats };
    } catch (error) {
      if (!hasCode(error, "ENOENT", "ELOOP", "ENOTDIR")) {
        await handle?.close();
        throw error;
      }
    }
    await handle?.close();
    return undefined;
  }

  async function openWithInfo(key: string): Promise<{ handle: FileHandle; info: ObjectInfo } | undefined> {
    checkKey(key);
    const opened = await openObject(key);
    if (opened === undefined) return undefined;
    const { handle, stats } = opened;
    try {
      const etag = etags.lookup(key, stats) ?? (await etags.compute(key, handle, stats));
      return { handle, info: objectInfo(key, stats, etag) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async function head(key: string): Promise<ObjectInfo | undefined> {
    checkKey(key);
    const path = join(folder, key);
    const stats = statsOf(path);
    if (stats === undefined || realPathOf(path) !== path) return undefined;
    const etag = stats.isFile() ? etags.lookup(key, stats) : undefined;
    if (etag !== undefined) return objectInfo(key, stats, etag);
    const opened = await openWithInfo(key);
    await opened?.handle.close();
    return opened?.info;
  }

  async function checkConditions(key: string, { ifMatch, ifNoneMatch }: PutConditions): Promise<void> {
    if (ifMatch === undefined && ifNoneMatch === undefined) return;
    const current = await head(key);
    if (ifNoneMatch !== undefined && current !== undefined)
      throw preconditionFailed(key, "it is there already");
    if (ifMatch !== undefined && current?.etag !== ifMatch)
      throw preconditionFailed(
        key,
        current === undefined ? "there is no such object" : `its etag is ${current.etag}, not ${ifMatch}`,
      );
  }

  /** Under the lock: puts the written file in its place. Returns the folders to sync. */
  async function moveIntoPlace(key: string, file: TemporaryFile) {
    const path = join(folder, key);
    try {
      checkPath(folder, key);
      const changedFolders = makeFolders(dirname(path));
      // In a thread: renames wait while the file system writes its journal.
      await rename(file.path, path);
      const stats = lstatSync(path, { bigint: true });
      etags.store(key, stats, file.etag);
      return { changedFolders, info: objectInfo(key, stats, file.etag) };
    } catch (error) {
      throw translatePathError(key, error);
    }
  }

  async function put(key: string, body: Uint8Array | string | Readable, conditions: PutConditions) {
    checkKey(key);
    checkPutConditions(conditions);
    // Before a stream is read for nothing; what counts is the check under the lock.
    if (body instanceof Readable) await checkConditions(key, conditions);
    swept ??= removeAbandonedFiles(temporary, Date.now());
    await swept;
    const file = await writeTemporaryFile(temporary, body);
    try {
      const { changedFolders, info } = await lock.hold(key, async () => {
        await checkConditions(key, conditions);
        return moveIntoPlace(key, file);
      });
      await Promise.all(changedFolders.map(syncShared));
      return info;
    } catch (error) {
      await rm(file.path, { force: true });
      // Folders that were made for it.
      await lock
        .hold(undefined, () => removeEmptyFolders(dirname(join(folder, key)), folder))
        .catch(() => undefined);
      throw error;
    }
  }

  async function remove(key: string): Promise<void> {
    checkKey(key);
    const path = join(folder, key);
    // With the folders above it.
    await lock.hold(undefined, async () => {
      if (realPathOf(path) !== path || !lstatSync(path).isFile()) return;
      await unlink(path);
      etags.remove(key);
      await removeEmptyFolders(dirname(path), folder);
    });
    for (let above = dirname(path); above.length >= folder.length; above = dirname(above))
      await syncShared(above);
  }

  async function list({ prefix = "", startAfter, limit = 1000 }: ListOptions): Promise<ListResult> {
    const start = prefix.slice(0, Math.max(0, prefix.lastIndexOf("/")));
    const isReachable =
      start === "" ||
      (objectKeyProblem(start) === undefined && realPathOf(join(folder, start)) === join(folder, start));
    if (!isReachable || prefix.startsWith("/")) return { objects: [], nextStartAfter: undefined };
    const keys: string[] = [];
    let nextStartAfter: string | undefined;
    const walked = walkKeys(folder, { prefix, startAfter, isReserved, onRead: options.onReadFolder });
    for await (const key of walked) {
      if (keys.length === limit) {
        nextStartAfter = keys.at(-1);
        break;
      }
      keys.push(key);
    }
    const objects: ObjectInfo[] = [];
    for (const key of keys) {
      const info = await head(key);
      if (info !== undefined) objects.push(info);
    }
    return { objects, nextStartAfter };
  }

  return {
    async get(key) {
      const opened = await openWithInfo(key);
      if (opened === undefined) return undefined;
      const { handle, info } = opened;
      try {
        const body = Buffer.alloc(info.size);
        for (let offset = 0; offset < body.length; ) {
          const { bytesRead } = await handle.read(body, offset, body.length - offset, offset);
          if (bytesRead === 0) throw new Error(`object ${key} was cut short while it was read`);
          offset += bytesRead;
        }
        return { ...info, body };
      } finally {
        await handle.close();
      }
    },
    async getStream(key) {
      const opened = await openWithInfo(key);
      if (opened === undefined) return undefined;
      return { ...opened.info, body: opened.handle.createReadStream({ start: 0 }) };
    },
    head,
    async put(key, body, conditions = {}) {
      try {
        return await put(key, body, conditions);
      } catch (error) {
        if (body instanceof Readable) body.destroy();
        throw translateStorageError(error);
      }
    },
    async delete(key) {
      await remove(key).catch((error) => {
        throw translateStorageError(error);
      });
    },
    async list(listOptions = {}) {
      checkListOptions(listOptions);
      return list(listOptions);
    },
  };
}

function objectInfo(key: string, stats: BigIntStats, etag: string): ObjectInfo {
  return { key, size: Number(stats.size), etag, lastModified: stats.mtime };
}

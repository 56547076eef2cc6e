import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import Database from "better-sqlite3";

export interface EtagIndex {
  /** Undefined where the index does not know this state of the file. */
  lookup(key: string, stats: BigIntStats): string | undefined;
  /** Reads the whole file, and remembers the etag where that is safe. */
  compute(key: string, handle: FileHandle, stats: BigIntStats): Promise<string>;
  /** To be called under the folder's lock, by the writer of the object; is there once `write` was called. */
  store(key: string, stats: BigIntStats, etag: string): void;
  /** Writes what was stored, in one transaction. To be called under the folder's lock. */
  write(): void;
  /** To be called under the folder's lock. */
  remove(key: string): void;
}

/** The etag is the first 128 bits of the SHA-256 of the content. */
export function createEtagHash() {
  const hash = createHash("sha256");
  return {
    update(chunk: Uint8Array | string) {
      hash.update(chunk);
    },
    etag: () => hash.digest("hex").slice(0, 32),
  };
}

/** A file changed less than this ago may change again without a new change time: that clock ticks in milliseconds. */
const settledMilliseconds = 1000;

/**
 * Remembers the etag of each object, so that a list need not read what it lists. Only a cache: an entry counts while
 * inode, size and times are those of the file, and where the index cannot be used the content is hashed.
 */
export function createEtagIndex(file: string): EtagIndex {
  let statements: ReturnType<typeof open> | undefined;
  let stored = new Map<string, Entry>();

  function attempt<Result>(action: (prepared: ReturnType<typeof open>) => Result): Result | undefined {
    try {
      statements ??= open(file);
      return action(statements);
    } catch (error) {
      // Where its folder is gone, opening it fails with another error.
      if (error instanceof Database.SqliteError || statements === undefined) return undefined;
      throw error;
    }
  }

  const upsert = (entries: Iterable<[string, Entry]>) => attempt((prepared) => prepared.upsert(entries));

  return {
    lookup: (key, stats) => attempt(({ select }) => select.get(key, fingerprint(stats))),
    async compute(key, handle, stats) {
      const isSettled = Date.now() - Number(stats.ctimeMs) > settledMilliseconds;
      const hash = createEtagHash();
      for await (const chunk of handle.createReadStream({
        start: 0,
        autoClose: false,
        highWaterMark: 1 << 20,
      }))
        hash.update(chunk);
      const etag = hash.etag();
      if (isSettled) upsert([[key, { fingerprint: fingerprint(stats), etag }]]);
      return etag;
    },
    store: (key, stats, etag) => void stored.set(key, { fingerprint: fingerprint(stats), etag }),
    write() {
      if (stored.size === 0) return;
      upsert(stored);
      stored = new Map();
    },
    remove: (key) => void attempt(({ remove }) => remove.run(key)),
  };
}

interface Entry {
  fingerprint: string;
  etag: string;
}

function open(file: string) {
  const database = new Database(file, { timeout: 100 });
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.exec(
    "CREATE TABLE IF NOT EXISTS etags (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, etag TEXT NOT NULL) STRICT",
  );
  const upsert = database.prepare<[string, string, string]>(
    `INSERT INTO etags VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET fingerprint = excluded.fingerprint, etag = excluded.etag`,
  );
  return {
    select: database
      .prepare<[string, string], string>("SELECT etag FROM etags WHERE key = ? AND fingerprint = ?")
      .pluck(),
    upsert: database.transaction((entries: Iterable<[string, Entry]>) => {
      for (const [key, { fingerprint, etag }] of entries) upsert.run(key, fingerprint, etag);
    }),
    remove: database.prepare<[string]>("DELETE FROM etags WHERE key = ?"),
  };
}

function fingerprint(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}

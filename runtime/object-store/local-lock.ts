import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { ApiError } from "../errors.ts";

/** Then another process may have the lock. */
const maximumTurn = 32;

export interface FolderLock {
  /**
   * Runs `action` while no other process and no other caller in this one is inside.
   * @throws ApiError `bucket-busy` (503) when the lock is not free within the waiting time.
   */
  hold<Result>(action: () => Promise<Result>): Promise<Result>;
}

/**
 * A lock between processes: an exclusive transaction on an SQLite file that is written once, when it is made. The kernel
 * releases it when its holder dies, however it dies, and it needs no space on a full disk.
 */
export function createFolderLock(file: string, options: { waitSeconds?: number } = {}): FolderLock {
  const waitMilliseconds = (options.waitSeconds ?? 30) * 1000;
  let database: Database.Database | undefined;
  /** Those who wait in this process. */
  const waiting: { act(): Promise<void>; refuse(reason: unknown): void }[] = [];
  let isHeld = false;

  async function begin(): Promise<Database.Database> {
    // SQLite's own busy timeout would block the event loop.
    database ??= new Database(file, { timeout: 0 });
    const deadline = performance.now() + waitMilliseconds;
    for (;;) {
      try {
        // Locking a database that is still empty would write its first page, which takes space.
        if (database.pragma("user_version", { simple: true }) === 0) database.pragma("user_version = 1");
        database.exec("BEGIN EXCLUSIVE");
        return database;
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (performance.now() >= deadline) throw busy(file, waitMilliseconds / 1000, error);
        await sleep(1 + Math.random() * 4);
      }
    }
  }

  /** One after the other, all of this process that wait: taking the lock costs more than most of them do. */
  async function carryOut(): Promise<void> {
    isHeld = true;
    while (waiting.length > 0) {
      const held = await begin().catch((error) => ({ error }));
      const turn = waiting.splice(0, maximumTurn);
      if ("error" in held) for (const one of turn) one.refuse(held.error);
      else {
        for (const one of turn) await one.act();
        held.exec("ROLLBACK");
      }
    }
    isHeld = false;
  }

  return {
    hold<Result>(action: () => Promise<Result>) {
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      waiting.push({ act: () => action().then(resolve, reject), refuse: reject });
      if (!isHeld) void carryOut();
      return promise;
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

function busy(file: string, seconds: number, cause: unknown): ApiError {
  return new ApiError(`bucket is busy: ${file} was locked by another process for ${seconds} s`, {
    status: 503,
    code: "bucket-busy",
    cause,
  });
}

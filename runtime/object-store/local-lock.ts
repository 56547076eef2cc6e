import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { ApiError } from "../errors.ts";

/** Then another process may have the lock. */
const maximumTurn = 32;

export interface FolderLock {
  /**
   * Runs `action` while no other process is inside, and nobody in this one but for keys that have nothing to do with
   * this one's: neither equal nor one above the other, in whatever letter case.
   * @param key of the only object that it touches; undefined: it touches others
   * @throws ApiError `bucket-busy` (503) when the lock is not free within the waiting time.
   */
  hold<Result>(key: string | undefined, action: () => Promise<Result>): Promise<Result>;
}

interface Waiting {
  /** As a file system may take it for the same as another. */
  path: string | undefined;
  /** Resolves, and never fails, with what tells the caller of its end. */
  act(): Promise<() => void>;
  refuse(reason: unknown): void;
}

export interface FolderLockOptions {
  /** How long a caller waits for other processes. Default 30. */
  waitSeconds?: number | undefined;
  /** Called under the lock when those who acted at the same time have, and before they are told. */
  afterGroup?: () => void;
}

/**
 * A lock between processes: an exclusive transaction on an SQLite file that is written once, when it is made. The kernel
 * releases it when its holder dies, however it dies, and it needs no space on a full disk.
 */
export function createFolderLock(file: string, options: FolderLockOptions = {}): FolderLock {
  const waitMilliseconds = (options.waitSeconds ?? 30) * 1000;
  let opened: LockFile | undefined;
  /** Those who wait in this process. */
  const waiting: Waiting[] = [];
  let isHeld = false;

  async function begin(): Promise<LockFile> {
    const deadline = performance.now() + waitMilliseconds;
    for (;;) {
      try {
        opened ??= open(file);
        opened.begin();
        return opened;
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (performance.now() >= deadline) throw busy(file, waitMilliseconds / 1000, error);
        await sleep(1 + Math.random() * 4);
      }
    }
  }

  /** The lock is taken once for all who wait, since that costs more than most of them do. */
  async function carryOut(): Promise<void> {
    isHeld = true;
    while (waiting.length > 0) {
      const held = await begin().catch((reason: unknown) => ({ reason }));
      if ("reason" in held) for (const one of waiting.splice(0, maximumTurn)) one.refuse(held.reason);
      else {
        let left = maximumTurn;
        while (waiting.length > 0 && left > 0) {
          const together = waiting.splice(0, independent(waiting.slice(0, left)));
          left -= together.length;
          const ends = await Promise.all(together.map((one) => one.act()));
          options.afterGroup?.();
          for (const tell of ends) tell();
        }
        release(held);
      }
    }
    isHeld = false;
  }

  function release(held: LockFile): void {
    try {
      held.end();
    } catch {
      // Closing it frees the lock too.
      held.close();
      opened = undefined;
    }
  }

  return {
    hold<Result>(key: string | undefined, action: () => Promise<Result>) {
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      const path = key?.normalize("NFC").toLowerCase();
      const act = () =>
        action().then(
          (result) => () => resolve(result),
          (error) => () => reject(error),
        );
      waiting.push({ path, act, refuse: reject });
      if (!isHeld) void carryOut();
      return promise;
    },
  };
}

type LockFile = ReturnType<typeof open>;

function open(file: string) {
  // SQLite's own busy timeout would block the event loop.
  const database = new Database(file, { timeout: 0 });
  const exclusive = database.prepare("BEGIN EXCLUSIVE");
  const rollback = database.prepare("ROLLBACK");
  let isWritten = false;
  return {
    begin() {
      // Locking a database that is still empty would write its first page, which takes space.
      if (!isWritten && database.pragma("user_version", { simple: true }) === 0)
        database.pragma("user_version = 1");
      isWritten = true;
      exclusive.run();
    },
    end: () => rollback.run(),
    close: () => database.close(),
  };
}

/** How many of the first may run at the same time; at least one. */
function independent(waiting: readonly Waiting[]): number {
  const end = waiting.findIndex(({ path }, index) =>
    waiting.slice(0, index).some((before) => isRelated(before.path, path)),
  );
  return end < 0 ? waiting.length : end;
}

function isRelated(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return true;
  return one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
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

import type Database from "better-sqlite3";

type Outcome = { value: unknown } | { error: unknown };

interface Waiting {
  action: () => unknown;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

/**
 * Runs what was asked for in the same turn of the event loop as one transaction, so that all of it costs one sync
 * of the disk. A promise settles after the commit. An action that throws must not have written before.
 */
export function createTransactions(database: Database.Database, translate: (error: unknown) => unknown) {
  let waiting: Waiting[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    let outcomes: Outcome[];
    try {
      outcomes = database.transaction(() => batch.map(({ action }) => attempt(action))).immediate();
    } catch (error) {
      const translated = translate(error);
      for (const { reject } of batch) reject(translated);
      return;
    }
    for (const [index, outcome] of outcomes.entries())
      if ("error" in outcome) batch[index]?.reject(outcome.error);
      else batch[index]?.resolve(outcome.value as never);
  }

  function attempt(action: () => unknown): Outcome {
    try {
      return { value: action() };
    } catch (error) {
      // After these SQLite may have rolled back on its own: nothing of the batch happened.
      if (isDatabaseError(error) || !database.inTransaction) throw error;
      return { error };
    }
  }

  return {
    run<Result>(action: () => Result): Promise<Result> {
      return new Promise((resolve, reject) => {
        if (waiting.push({ action, resolve, reject }) === 1) setImmediate(flush);
      });
    },
    /** Ends what waits, at once. */
    flush,
  };
}

function isDatabaseError(error: unknown): boolean {
  return error instanceof Error && error.name === "SqliteError";
}

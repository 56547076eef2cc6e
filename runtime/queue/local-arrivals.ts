import { type Bell, createBell } from "./local-bell.ts";
import type { QueueStatements } from "./local-statements.ts";

interface Waiter {
  deadline: number;
  wake: () => void;
}

export interface Arrivals {
  /**
   * Resolves when there may be a message to take: sent or released here or by another process, visible again,
   * or the deadline (milliseconds since 1970) has come, or the signal aborts.
   */
  next(deadline: number, signal: AbortSignal | undefined): Promise<void>;
  /** A commit of this process has made a message available. */
  announce(): void;
  close(): void;
}

export interface ArrivalsOptions {
  statements: Pick<QueueStatements, "dataVersion" | "nextVisibleAt">;
  /** Rung by each process after it has sent. */
  bellFile: string;
  now: () => number;
  /** How often to look without having heard the bell: its ringer may have been killed before it could. */
  pollMilliseconds: number;
}

/** Where the bell cannot be heard. */
const deafPollMilliseconds = 20;

export function createArrivals({ statements, bellFile, now, pollMilliseconds }: ArrivalsOptions): Arrivals {
  const waiters = new Set<Waiter>();
  const bell: Bell = createBell(bellFile, look);
  let timer: NodeJS.Timeout | undefined;
  let seenVersion = 0;
  let nextVisibleAt = Number.POSITIVE_INFINITY;

  function remember(): void {
    seenVersion = statements.dataVersion();
    nextVisibleAt = statements.nextVisibleAt() ?? Number.POSITIVE_INFINITY;
  }

  /** Wakes those for whom there may be something; SQLite tells cheaply whether another process has committed. */
  function look(): void {
    if (waiters.size === 0) return;
    let isCommitted = true;
    try {
      isCommitted = statements.dataVersion() !== seenVersion;
    } catch {
      // Those who wait meet the error themselves, where it can be reported.
    }
    const time = now();
    for (const waiter of waiters)
      if (isCommitted || nextVisibleAt <= time || waiter.deadline <= time) waiter.wake();
    schedule();
  }

  function schedule(): void {
    clearTimeout(timer);
    if (waiters.size === 0) return;
    const due = Math.min(nextVisibleAt, ...[...waiters].map(({ deadline }) => deadline)) - now();
    const longest = bell.isHeard() ? pollMilliseconds : Math.min(pollMilliseconds, deafPollMilliseconds);
    timer = setTimeout(look, Math.min(Math.max(due, 1), longest));
  }

  function wakeAll(): void {
    for (const waiter of waiters) waiter.wake();
  }

  return {
    next(deadline, signal) {
      remember();
      const time = now();
      if (nextVisibleAt <= time || deadline <= time || signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          signal?.removeEventListener("abort", wake);
          waiters.delete(waiter);
          if (waiters.size === 0) clearTimeout(timer);
          resolve();
        };
        const waiter = { deadline, wake };
        waiters.add(waiter);
        signal?.addEventListener("abort", wake);
        schedule();
      });
    },
    announce() {
      wakeAll();
      bell.ring();
    },
    close() {
      wakeAll();
      bell.close();
    },
  };
}

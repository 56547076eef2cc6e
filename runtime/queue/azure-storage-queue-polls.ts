import { setTimeout as sleepMilliseconds } from "node:timers/promises";

export interface PollOptions {
  /** Between the first two looks, in seconds. Default 0.1. */
  initialSeconds: number;
  /** After longer without a message. Default 2: half a request a second for each replica that waits. */
  maximumSeconds: number;
  /** Default 2. */
  factor: number;
}

export interface Polls {
  /** Resolves when it is time to look again: sooner or later by up to a half, and never after `milliseconds`. */
  next(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** There was a message, or there is one now: look again at once, and often. */
  wake(): void;
}

/** Storage Queue tells of no arrival: who waits has to look, the less often the longer there is nothing. */
export function createPolls(options: Partial<PollOptions>, random: () => number): Polls {
  const { initialSeconds, maximumSeconds, factor } = {
    initialSeconds: 0.1,
    maximumSeconds: 2,
    factor: 2,
    ...options,
  };
  let empty = 0;
  let waking = new AbortController();
  return {
    async next(milliseconds, signal) {
      const seconds = Math.min(maximumSeconds, initialSeconds * factor ** empty);
      // Replicas that began to wait together shall not look together.
      const delay = Math.min(milliseconds, seconds * (0.5 + random()) * 1000);
      empty += 1;
      const either = AbortSignal.any([signal, waking.signal]);
      await sleepMilliseconds(Math.max(1, delay), undefined, { signal: either }).catch(() => undefined);
    },
    wake() {
      empty = 0;
      waking.abort();
      waking = new AbortController();
    },
  };
}

import { errorMessage } from "../errors.ts";
import type { WorkflowLogger } from "./task-type.ts";

/**
 * The time by which runs go: that of Restate, which keeps the timers, whatever this process's own clock says. Between two
 * looks at it goes by a clock of this machine that never jumps.
 */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Looks once before it resolves, then each minute; where Restate does not answer, a later look makes up for it. */
  start(): Promise<void>;
  stop(): void;
}

export interface ClockOptions {
  /** Restate's time, in milliseconds since 1970. */
  read(): Promise<number>;
  logger: WorkflowLogger;
  /** This process's own clock. Default: Date.now. */
  own?: () => number;
  /** Milliseconds that have passed, by a clock that never jumps. Default: performance.now. */
  passed?: () => number;
}

const lookMilliseconds = 60_000;
/** A smaller difference is none, and so is one that the answer's own time explains. */
const toleratedMilliseconds = 100;
/** So much the own clock is moved, against the other one, before Restate is asked at once: a machine may have slept. */
const jumpMilliseconds = 2000;

export function createClock({
  read,
  logger,
  own = Date.now,
  passed = () => performance.now(),
}: ClockOptions): Clock {
  /** The time when `passed` was 0. */
  let origin = own() - passed();
  /** By how much the own clock is ahead. */
  let ahead = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const asked = passed();
    lookedAt = asked;
    try {
      const told = await read();
      const took = passed() - asked;
      const difference = told + took / 2 - (origin + passed());
      if (Math.abs(difference) > toleratedMilliseconds + took) origin += difference;
      ahead = own() - (origin + passed());
      if (Math.abs(ahead) > jumpMilliseconds)
        logger.warn(
          { milliseconds: Math.round(ahead) },
          "this machine's clock is not Restate's: runs go by Restate's; keep them synchronised",
        );
    } catch (error) {
      logger.debug({ reason: errorMessage(error) }, "Restate's time cannot be read now");
    }
  }

  return {
    now() {
      const now = origin + passed();
      const isMoved = Math.abs(own() - now - ahead) > jumpMilliseconds;
      if (isMoved && timer !== undefined && passed() - lookedAt > jumpMilliseconds) void look();
      return Math.round(now);
    },
    async start() {
      timer = setInterval(() => void look(), lookMilliseconds);
      timer.unref();
      await look();
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}

/**
 * Whatever Restate's SDK reckons in `action`, which must not wait, it reckons by `now`. It makes a pause a time to wake at by
 * this process's clock, and takes no other.
 */
export function atTime<Result>(now: number, action: () => Result): Result {
  const { now: own } = Date;
  Date.now = () => now;
  try {
    return action();
  } finally {
    Date.now = own;
  }
}

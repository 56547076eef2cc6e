import { setTimeout as delay } from "node:timers/promises";
import type { Properties } from "../../values.ts";
import { annotation, type Objects, type Reference } from "../objects.ts";
import { findReadiness } from "./find-readiness.ts";
import type { NotReady } from "./verdict.ts";

/** Short first, for what is ready at once. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1500;

export interface Patience {
  /** From the resource option customTimeouts, in seconds; 0 when there is none. */
  timeoutSeconds: number;
  /** Stops the wait: the user interrupts. */
  signal: AbortSignal;
  /** Told whenever the cause changes. */
  onStatus(message: string): void;
}

/** An object that is there, but not as it should be. */
export class UnreadyError extends Error {
  override readonly name = "UnreadyError";
  readonly live: Properties;

  constructor(message: string, live: Properties) {
    super(message);
    this.live = live;
  }
}

/** `pulumi.com/timeoutSeconds`, then customTimeouts, then the kind's own. */
export function timeoutOf(object: Properties, configured: number, usual: number): number {
  const annotated = Number(annotation(object, "pulumi.com/timeoutSeconds"));
  return annotated > 0 ? annotated : configured > 0 ? configured : usual;
}

/**
 * Waits until an object is ready. @returns it as it is then.
 * @throws UnreadyError with the reason when the time is over, nothing can come of waiting, or the user interrupts.
 */
export async function waitUntilReady(
  applied: Properties,
  reference: Reference,
  objects: Objects,
  patience: Patience,
): Promise<Properties> {
  const rule = findReadiness(applied);
  if (!rule) return applied;
  const timeoutSeconds = timeoutOf(applied, patience.timeoutSeconds, rule.timeoutSeconds);
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  let live = applied;
  let pause = FIRST_PAUSE_MS;
  let hopelessSince: number | undefined;
  for (let shown = ""; ; ) {
    const verdict = await rule.readiness(live, objects);
    if (verdict.ready) {
      if (shown) patience.onStatus("");
      return live;
    }
    if (verdict.message !== shown) patience.onStatus(firstLines(verdict.message));
    shown = verdict.message;
    hopelessSince = verdict.hopelessAfterSeconds === undefined ? undefined : (hopelessSince ?? seconds());
    const end = endOf(verdict, seconds(), hopelessSince, timeoutSeconds);
    if (end) throw new UnreadyError(`${end}: ${verdict.message}`, live);
    await delay(pause, undefined, { signal: patience.signal }).catch(() => {});
    if (patience.signal.aborted)
      throw new UnreadyError(`interrupted before it was ready: ${verdict.message}`, live);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    const next = await objects.get(reference);
    if (!next && isCleanedUp(live)) return live;
    if (!next) throw new UnreadyError("somebody deleted it while it was waited for", live);
    live = next;
  }
}

/** Why the wait is over; undefined when it is not. */
function endOf(
  verdict: NotReady,
  seconds: number,
  hopelessSince: number | undefined,
  timeoutSeconds: number,
): string | undefined {
  if (seconds >= timeoutSeconds) return `not ready after ${timeoutSeconds} seconds`;
  const { hopelessAfterSeconds } = verdict;
  if (hopelessAfterSeconds === undefined || hopelessSince === undefined) return undefined;
  return seconds - hopelessSince >= hopelessAfterSeconds ? "it will not become ready" : undefined;
}

/** A job with ttlSecondsAfterFinished goes away by itself when it is done. */
function isCleanedUp(live: Properties): boolean {
  return live.kind === "Job" && JSON.stringify(live.spec).includes('"ttlSecondsAfterFinished"');
}

function firstLines(message: string): string {
  return message.split("\n").slice(0, 2).join(" ").replace(/\s+/g, " ");
}

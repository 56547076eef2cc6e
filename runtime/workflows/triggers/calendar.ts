import { Cron } from "croner";
import type { Schedule } from "../workflow.ts";

/** When a schedule's ticks are. */
export type Calendar = Pick<Schedule, "cron" | "timeZone">;

/** A tick later than this counts as missed. */
export const graceMilliseconds = 60_000;
/** Of one schedule at one time; what is older is left out even by `all`. */
export const maximumTicks = 100;

export interface DueTicks {
  /** Those that start a run, in order. */
  run: Date[];
  /** Those that do not. */
  left: Date[];
  /** The first that is not due yet; undefined: there is none in all future. */
  next: Date | undefined;
}

/** The first tick after a time; undefined where there is none in all future. */
export function nextTick(calendar: Calendar, after: Date): Date | undefined {
  return cronOf(calendar).nextRun(after) ?? undefined;
}

/** What is to be done at `now` with the ticks from `first`, itself a tick, on, of which none has been looked at. */
export function dueTicks(schedule: Calendar & Pick<Schedule, "missed">, first: Date, now: Date): DueTicks {
  const { missed } = schedule;
  const cron = cronOf(schedule);
  let due: Date[] = [];
  let next: Date | null = first;
  for (; next !== null && next <= now && due.length <= maximumTicks; next = cron.nextRun(next))
    due.push(next);
  if (due.length > maximumTicks) {
    // Croner counts whole seconds: a second more, so that a tick in the very second of `now` is among them.
    const last = cron.previousRuns(maximumTicks + 1, new Date(now.getTime() + 1000));
    due = last
      .filter((tick) => tick <= now)
      .slice(0, maximumTicks)
      .reverse();
    next = cron.nextRun(now);
  }
  const isLate = (tick: Date) => now.getTime() - tick.getTime() > graceMilliseconds;
  const lastLate = due.filter(isLate).at(-1);
  const runs = (tick: Date) => !isLate(tick) || missed === "all" || (missed === "once" && tick === lastLate);
  return { run: due.filter(runs), left: due.filter((tick) => !runs(tick)), next: next ?? undefined };
}

function cronOf({ cron, timeZone }: Calendar): Cron {
  return new Cron(cron, { timezone: timeZone, paused: true });
}

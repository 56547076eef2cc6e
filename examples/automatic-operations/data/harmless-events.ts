import type { Random } from "./random.ts";
import type { MetricName } from "./server-profile.ts";

/** Something that looks alarming on a chart and is none: it must not be taken for a fault. */
export interface HarmlessEvent {
  kind: "load-peak" | "deploy" | "backup" | "error-burst";
  /** Minutes. */
  duration: number;
  /** 0 (small) to 1 (large). */
  size: number;
}

/** Chance of each event to begin in a given minute. */
const frequencies: Record<HarmlessEvent["kind"], number> = {
  "load-peak": 0.014,
  deploy: 0.008,
  backup: 0.008,
  "error-burst": 0.012,
};

const durations: Record<HarmlessEvent["kind"], [number, number]> = {
  "load-peak": [4, 16],
  deploy: [8, 16],
  backup: [5, 12],
  "error-burst": [1, 3],
};

/** The event that begins in this minute, if any. */
export function randomEvent(random: Random): HarmlessEvent | undefined {
  for (const [kind, frequency] of Object.entries(frequencies) as [HarmlessEvent["kind"], number][])
    if (random.chance(frequency))
      return { kind, duration: random.uniform(...durations[kind]), size: random.uniform(0, 1) };
  return undefined;
}

/** Share that a load peak adds to the load: up and down again like half a sine. */
export function loadOfEvent(event: HarmlessEvent, minutes: number): number {
  if (event.kind !== "load-peak") return 0;
  return (0.25 + 0.85 * event.size) * Math.sin((Math.PI * minutes) / event.duration);
}

/** What the other events do to the levels, `minutes` after they began. */
export function applyEvent(event: HarmlessEvent, levels: Record<MetricName, number>, minutes: number): void {
  const progress = minutes / event.duration;
  if (event.kind === "deploy") {
    // New processes begin with little memory, fill their caches, and refuse a few requests at the start.
    levels.memory -= (5 + 12 * event.size) * (1 - progress);
    if (minutes < 3) {
      levels.cpu += 8 + 10 * event.size;
      levels.errorRate += 1 + 2 * event.size;
      levels.latency *= 1.2 + 0.4 * event.size;
    }
  }
  if (event.kind === "backup") {
    levels.disk += (1 + 4 * event.size) * progress;
    levels.cpu += 4 + 8 * event.size;
  }
  if (event.kind === "error-burst") levels.errorRate += 1 + 4 * event.size;
}

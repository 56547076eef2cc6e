import type { Random } from "./random.ts";
import type { MetricName, ServerProfile } from "./server-profile.ts";

export const faultKinds = [
  "memory-leak",
  "cpu-runaway",
  "disk-full",
  "connection-pool-exhausted",
  "dependency-timeout",
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  kind: FaultKind;
  /** 0 (just noticeable) to 1 (severe): where it ends. */
  strength: number;
  /** 0 (slow) to 1 (sudden): how fast it gets there. */
  speed: number;
}

export function randomFault(kind: FaultKind, random: Random): Fault {
  return { kind, strength: random.uniform(0, 1), speed: random.uniform(0, 1) };
}

type Levels = Record<MetricName, number>;

/** Between two values by a share of 0 to 1. */
const between = (low: number, high: number, share: number) => low + (high - low) * share;

/** Requests pile up: what users feel doubles with every half hour that a fault lasts after the first. */
const worsening = (minutes: number) => 2 ** (Math.max(0, minutes - 30) / 30);

/** What a fault does to a server's levels, `minutes` after its onset; one function for each kind. */
export const faultEffects: Record<
  FaultKind,
  (levels: Levels, fault: Fault, minutes: number, profile: ServerProfile, random: Random) => void
> = {
  "memory-leak": (levels, fault, minutes) => {
    levels.memory += minutes * between(0.7, 2.2, fault.speed);
    const pressure = Math.max(0, Math.min(1, (levels.memory - 88) / 10));
    levels.latency *= 1 + pressure * between(0.5, 2, fault.strength);
    levels.cpu += pressure * 12;
    levels.errorRate += pressure * between(0.5, 3, fault.strength);
  },
  "cpu-runaway": (levels, fault, minutes) => {
    const ramp = Math.min(1, minutes / between(8, 1, fault.speed));
    levels.cpu += ramp * between(20, 55, fault.strength) + Math.max(0, minutes - 10) * 0.6;
    levels.latency *= 1 + ramp * between(0.1, 0.6, fault.strength);
  },
  "disk-full": (levels, fault, minutes) => {
    levels.disk += minutes * between(0.7, 2.5, fault.speed);
    if (levels.disk > 98) {
      levels.errorRate += between(1, 5, fault.strength);
      levels.latency *= between(1.1, 1.6, fault.strength);
    }
  },
  "connection-pool-exhausted": (levels, fault, minutes, profile, random) => {
    const ramp = Math.min(1, minutes / between(7, 1, fault.speed));
    const limit = profile.connections * between(1.5, 2.6, fault.strength);
    // Once the pool is used up the count stands still: no noise, whatever the load is.
    levels.connections = ramp < 1 ? between(levels.connections, limit, ramp) : limit - random.integer(2);
    levels.latency *= 1 + ramp * between(0.5, 3, fault.strength) * worsening(minutes);
    levels.errorRate += ramp * between(0.8, 4, fault.strength) * worsening(minutes);
    levels.cpu *= 1 - ramp * 0.15;
  },
  "dependency-timeout": (levels, fault, minutes, _profile, random) => {
    const ramp = Math.min(1, minutes / between(5, 1, fault.speed));
    // Calls that run into the timeout come in clusters: the latency jumps up and down.
    levels.latency *=
      1 + ramp * between(0.8, 5, fault.strength) * random.uniform(0.4, 1.6) * worsening(minutes);
    levels.errorRate +=
      ramp * between(0.8, 5, fault.strength) * random.uniform(0.6, 1.4) * worsening(minutes);
    levels.cpu *= 1 - ramp * between(0.1, 0.35, fault.strength);
    levels.connections *= 1 + ramp * between(0.05, 0.4, fault.strength);
  },
};

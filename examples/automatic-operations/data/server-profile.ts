import type { Random } from "./random.ts";

/** The columns of a metrics window, in this order. */
export const metricNames = ["cpu", "memory", "latency", "errorRate", "disk", "connections"] as const;

export type MetricName = (typeof metricNames)[number];

/** What is normal for one server. Percent are of 100, latency is in milliseconds. */
export interface ServerProfile {
  name: string;
  cpu: number;
  memory: number;
  latency: number;
  errorRate: number;
  disk: number;
  connections: number;
  /** Share by which the load goes up and down over a day. */
  dailyAmplitude: number;
  /** Part of a day, 0 to 1. */
  dailyPhase: number;
  /** Percent of memory that a garbage collection frees, and minutes between two of them. */
  garbage: number;
  garbagePeriod: number;
  /** Factor on all random fluctuation. */
  noise: number;
}

/** A server's normal levels; they differ so much that one server's usual load is another one's fault. */
export function randomProfile(name: string, random: Random): ServerProfile {
  return {
    name,
    cpu: random.uniform(12, 62),
    memory: random.uniform(20, 78),
    latency: random.logUniform(12, 320),
    errorRate: random.logUniform(0.05, 1.2),
    disk: random.uniform(15, 88),
    connections: random.logUniform(25, 900),
    dailyAmplitude: random.uniform(0.05, 0.35),
    dailyPhase: random.uniform(0, 1),
    garbage: random.uniform(0, 6),
    garbagePeriod: random.uniform(5, 14),
    noise: random.uniform(0.6, 1.4),
  };
}

import type { Offer } from "./capacity-request.ts";

/** Nodes of one machine type. */
export interface PoolChoice {
  /** Which tasks it is for: `cpu`, `gpu`, or `gpu/TYPE`. */
  group: string;
  offer: Offer;
  nodes: number;
  /** Billed, of all nodes together. */
  nodeHoursPerDay: number;
  usdPerDay: number;
  /** What tasks hold of the scarcest of its resources ÷ what all nodes have, day and night. */
  utilisation: number;
}

export interface WorkloadOutcome {
  workload: string;
  /** Seconds that a run takes on these pools. */
  makespan: number;
  /** Seconds; absent: none. */
  deadline?: number;
  meetsDeadline: boolean;
}

export interface PoolsAnswer {
  pools: PoolChoice[];
  usdPerDay: number;
  /** 30.4 days. */
  usdPerMonth: number;
  workloads: WorkloadOutcome[];
  meetsDeadlines: boolean;
  /** A node or two pools are too small for all runs of a day: more work than 80 % of what they can do. */
  isOverloaded: boolean;
}

export interface WhatIf {
  group: string;
  /** Nodes more, or less. */
  change: 1 | -1;
  /** What follows; undefined: some task would not fit any more. */
  result: PoolsAnswer | undefined;
}

export interface CapacityAnswer {
  /** The best of all clouds, pools of different ones mixed; undefined where nothing will do. */
  best: PoolsAnswer | undefined;
  /** Cloud → the best with all pools there. */
  byCloud: Record<string, PoolsAnswer | undefined>;
  /** One node more and one less of each pool of the best. */
  whatIf: WhatIf[];
  /** Why nothing will do, where nothing does. */
  reasons: string[];
  /** Offers that would fit but whose price is unknown: they were not compared. */
  unpriced: Offer[];
}

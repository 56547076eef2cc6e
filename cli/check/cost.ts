import type { RegisteredResource } from "./run-program.ts";

/** USD a month. */
export interface CostRange {
  minimum: number;
  expected: number;
  maximum: number;
}

/** Prices the resources of a stack, whose name tells what is known about its use. */
export type CostEstimator = (
  resources: Pick<RegisteredResource, "urn" | "type" | "name" | "properties" | "dependencies">[],
  stack: string,
) => CostEstimate | Promise<CostEstimate>;

/** What reports show of an estimate. */
export interface CostEstimate {
  /** Sums of what is known. */
  total: CostRange;
  items: CostItem[];
  /** What is missing from the sums. */
  unknown: CostItem[];
}

export interface CostItem {
  urn: string;
  name: string;
  /** Such as `2 × m6i.xlarge, on-demand`. */
  what: string;
  monthlyUsd: CostRange | "unknown";
  /** Present where the amount is unknown. */
  unknown?: { reason: string; why: string };
}

/** How a stack's cost differs from that of a base. */
export interface CostDifference {
  before: CostRange;
  after: CostRange;
}

import type { PoolRequest } from "./pool.ts";

/** A request that waits, and where its workflow stands. */
export interface Standing {
  request: PoolRequest;
  /** What the workflow's tasks hold: their dominant share of the pool, divided by the workflow's `share`. */
  held: number;
}

/** Below 0: the first is served first. Total: two requests are never equal. */
export type GrantOrder = (one: Standing, other: Standing) => number;

/**
 * The higher priority first; then the workflow that holds less for its share (dominant resource fairness, Ghodsi et al.
 * 2011); then the one that its plan starts earlier, which decides among the tasks of a run; then whoever came first.
 */
export const byPriorityShareAndRank: GrantOrder = (one, other) =>
  other.request.priority - one.request.priority ||
  one.held - other.held ||
  rankOf(one) - rankOf(other) ||
  one.request.arrival - other.request.arrival;

/** Finite, so that two without a rank compare as equal. */
function rankOf({ request: { rank = Number.MAX_SAFE_INTEGER } }: Standing): number {
  return rank;
}

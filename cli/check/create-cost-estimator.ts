import { estimateStack } from "../../pricing/estimate/estimate-stack.ts";
import type { Usage } from "../../pricing/estimate/usage.ts";
import type { CostEstimator } from "./cost.ts";

/** The place where the check gets its prices from. @param usage what depends on use; undefined: it is unknown */
export function createCostEstimator(usage: Usage | undefined): CostEstimator {
  return (resources) => estimateStack(resources, { usage });
}

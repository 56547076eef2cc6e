import { estimateOf, usageOf } from "../../../cli/cost/estimate-of.ts";
import type { CostEstimate } from "../../../pricing/estimate/cost-estimate.ts";

export const exampleStacks = ["dev-aws", "prod-aws", "dev-azure", "prod-azure", "dev-gcp", "prod-gcp"];

const estimates = new Map<string, Promise<CostEstimate>>();

/** What an example stack costs with the example's use; each program is run once. */
export function estimateOfExample(stack: string): Promise<CostEstimate> {
  const estimate = estimates.get(stack) ?? estimateOf(stack, usageOf("stacks/usage.example.yaml"));
  estimates.set(stack, estimate);
  return estimate;
}

/** What is printed for people. */
export function collectingOutput() {
  const lines: string[] = [];
  return {
    lines,
    json: false,
    line: (text = "") => void lines.push(...text.split("\n")),
    document: () => {},
  };
}

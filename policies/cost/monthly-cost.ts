import type { StackValidationPolicy } from "@pulumi/policy";
import type { CostEstimate, CostItem } from "../../pricing/estimate/cost-estimate.ts";
import { formatUsd } from "../../pricing/monthly-cost.ts";
import { budgetOf, type StackBudget } from "./stack-budget.ts";
import { type CostConfig, estimateOf, usageProperty } from "./stack-estimate.ts";

interface MonthlyCostConfig extends CostConfig {
  monthlyUsd?: number;
}

const SHOWN_ITEMS = 3;

/** What a stack is expected to cost stays within the budget that it sets itself at its cloud, or that is configured. */
export const monthlyCost: StackValidationPolicy = {
  name: "monthly-cost",
  description: "The expected monthly cost of the stack, by the price tables, is within its budget.",
  enforcementLevel: "mandatory",
  severity: "medium",
  remediationSteps:
    "Make the dearest parts smaller or cheaper (fewer nodes at least, spot, another machine type; `skyloom compare` shows the clouds side by side), or raise the budget.",
  configSchema: {
    properties: {
      monthlyUsd: {
        type: "number",
        minimum: 0,
        description: "USD a month, instead of the stack's own budget",
      },
      ...usageProperty,
    },
  },
  validateStack(args, reportViolation) {
    const { monthlyUsd } = args.getConfig<MonthlyCostConfig>();
    const budget: StackBudget =
      monthlyUsd === undefined
        ? budgetOf(args.resources)
        : { kind: "budget", monthlyUsd, from: "the policy's configuration" };
    // Without an amount there is nothing to hold the stack to: the rule monthly-cost-known tells so.
    if (budget.kind !== "budget") return;
    const estimate = estimateOf(args);
    if (estimate.total.expected > budget.monthlyUsd)
      reportViolation(violation(estimate, budget.monthlyUsd, budget.from));
  },
};

function violation({ items, total, unknown }: CostEstimate, monthlyUsd: number, from: string): string {
  const dearest = items
    .filter((item) => item.monthlyUsd !== "unknown")
    .toSorted((left, right) => expected(right) - expected(left))
    .slice(0, SHOWN_ITEMS);
  const missing = unknown.length === 0 ? "" : `; ${unknown.length} unknown amounts come on top`;
  return (
    `the stack is expected to cost ${formatUsd(total.expected)} a month, at most ${formatUsd(total.maximum)}${missing}: ` +
    `above its budget of ${formatUsd(monthlyUsd)} (${from}). ` +
    `The dearest: ${dearest.map((item) => `${item.name} (${item.what}) ${formatUsd(expected(item))}`).join("; ")}. ` +
    "Make them smaller or cheaper, or raise the budget"
  );
}

function expected({ monthlyUsd }: CostItem): number {
  return monthlyUsd === "unknown" ? 0 : monthlyUsd.expected;
}

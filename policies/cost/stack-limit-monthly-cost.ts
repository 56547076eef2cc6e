import type { CostEstimate } from "../../pricing/estimate/cost-estimate.ts";
import { formatUsd } from "../../pricing/monthly-cost.ts";
import { budgetOf, type StackBudget } from "../estimate/stack-budget.ts";
import { dearestItems, estimateOf, openItems } from "../estimate/stack-estimate.ts";
import type { CheckedStack, StackRule } from "../rule.ts";
import { unknownValue } from "../unknown-values.ts";

const SHOWN_ITEMS = 3;

/** What a stack is expected to cost stays within the budget that it sets itself at its cloud, or that is configured. */
export const stackLimitMonthlyCost: StackRule = {
  name: "stack-limit-monthly-cost",
  description: "The expected monthly cost of the stack, by the price tables, is within its budget.",
  severity: "medium",
  remediationSteps:
    "Make the dearest parts smaller or cheaper (fewer nodes at least, spot, another machine type; `skyloom compare` shows the clouds side by side), or raise the budget.",
  settings: ["monthlyUsd", "usage"],
  checkStack(stack, report) {
    const budget = limitOf(stack);
    // Without an amount there is nothing to hold the stack to: the rule stack-require-known-cost tells so.
    if (budget.kind !== "budget") return;
    const estimate = estimateOf(stack);
    const [open] = openItems(estimate);
    if (estimate.total.expected > budget.monthlyUsd) report(violation(estimate, budget));
    else if (open !== undefined) throw unknownValue(`the cost of ${open.name}`);
  },
};

function limitOf({ settings, resources }: CheckedStack): StackBudget {
  const { monthlyUsd } = settings;
  return monthlyUsd === undefined
    ? budgetOf(resources)
    : { kind: "budget", monthlyUsd, from: "the policy's configuration" };
}

function violation(
  estimate: CostEstimate,
  { monthlyUsd, from }: Extract<StackBudget, { kind: "budget" }>,
): string {
  const { total, unknown } = estimate;
  const dearest = dearestItems(estimate, SHOWN_ITEMS);
  return (
    `the stack is expected to cost ${formatUsd(total.expected)} a month, at most ${formatUsd(total.maximum)} (${unknown.length} amounts are unknown and come on top): ` +
    `above its budget of ${formatUsd(monthlyUsd)} (${from}). ` +
    `The dearest: ${dearest.map(({ name, what, expected }) => `${name} (${what}) ${formatUsd(expected)}`).join("; ")}. ` +
    "Make them smaller or cheaper, or raise the budget"
  );
}

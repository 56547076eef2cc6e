import type { StackValidationPolicy } from "@pulumi/policy";
import type { CostEstimate, CostItem, UnknownReason } from "../../pricing/estimate/cost-estimate.ts";
import { budgetOf } from "./stack-budget.ts";
import { estimateOf, usageProperty } from "./stack-estimate.ts";

/** What the estimate leaves out is told, so that nobody takes an unknown amount for nothing. */
export const monthlyCostKnown: StackValidationPolicy = {
  name: "monthly-cost-known",
  description: "The price of everything that the stack is billed for is known, and so is its budget.",
  enforcementLevel: "advisory",
  severity: "low",
  remediationSteps:
    "Add the price with its source and day to pricing/data (`npm run prices:refresh` reads the clouds' own lists), tell what depends on use in a usage file, and give the stack a budget.",
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
    const estimate = estimateOf(args);
    for (const message of messages(estimate)) reportViolation(message);
    const configured = args.getConfig<{ monthlyUsd?: number }>().monthlyUsd !== undefined;
    const budget = budgetOf(args.resources);
    if (configured || estimate.items.length === 0 || budget.kind === "budget") return;
    const why = budget.kind === "none" ? "the stack has no budget" : budget.why;
    reportViolation(`${why}: its expected cost is held to no amount`);
  },
};

/** One for each reason, naming all that it holds for. */
function messages({ unknown, notPriced }: CostEstimate): string[] {
  const of = (reason: UnknownReason) => unknown.filter((item) => item.unknown?.reason === reason);
  const [unpriced, open, used] = [
    of("price not found"),
    of("not known before the update"),
    of("depends on use"),
  ];
  return [
    ...(unpriced.length > 0
      ? [`${described(unpriced)}: the price was not found in the tables, and is not in the estimate`]
      : []),
    ...(open.length > 0 ? [`${described(open)}: to be checked at the update`] : []),
    ...(used.length > 0
      ? [
          `what depends on use is not in the estimate, until the rule's usage tells it: that of ${names(used)}`,
        ]
      : []),
    ...notPriced.map(
      (each) =>
        `${each.type} (${each.names.join(", ")}): not looked into, and not in the estimate: ${each.why}`,
    ),
  ];
}

function described(items: readonly CostItem[]): string {
  return items.map(({ name, what }) => `${name} (${what})`).join("; ");
}

function names(items: readonly CostItem[]): string {
  return [...new Set(items.map(({ name }) => name))].join(", ");
}

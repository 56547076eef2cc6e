import type { CostEstimate, UnknownReason } from "../../pricing/estimate/cost-estimate.ts";
import { listed } from "../estimate/listed-names.ts";
import { budgetOf } from "../estimate/stack-budget.ts";
import { estimateOf, openItems } from "../estimate/stack-estimate.ts";
import type { StackRule } from "../rule.ts";
import { unknownValue } from "../unknown-values.ts";

/** What the estimate leaves out is told, so that nobody takes an unknown amount for nothing. */
export const stackRequireKnownCost: StackRule = {
  name: "stack-require-known-cost",
  description: "The price of everything that the stack is billed for is known, and so is its budget.",
  enforcementLevel: "advisory",
  severity: "low",
  remediationSteps:
    "Add the price with its source and day to pricing/data (`npm run prices:refresh` reads the clouds' own lists), tell what depends on use in `usage`, and give the stack a budget.",
  settings: ["monthlyUsd", "usage"],
  checkStack(stack, report) {
    const estimate = estimateOf(stack);
    for (const message of messages(estimate)) report(message);
    const budget = budgetOf(stack.resources);
    if (estimate.items.length > 0 && stack.settings.monthlyUsd === undefined && budget.kind !== "budget")
      report(`${budget.why}: its expected cost is held to no amount`);
    const [open] = openItems(estimate);
    if (open !== undefined) throw unknownValue(`the cost of ${open.name}`);
  },
};

/** One for each reason, naming all that it holds for. */
function messages({ unknown, notPriced }: CostEstimate): string[] {
  const of = (reason: UnknownReason) => unknown.filter((item) => item.unknown?.reason === reason);
  const unpriced = of("price not found").map(({ name, what }) => `${name} (${what})`);
  const used = of("depends on use").map(({ name }) => name);
  return [
    ...(unpriced.length > 0
      ? [`prices that were not found in the tables are not in the estimate: those of ${listed(unpriced)}`]
      : []),
    ...(used.length > 0
      ? [
          `what depends on use is not in the estimate, until the setting usage tells it: that of ${listed(used)}`,
        ]
      : []),
    ...notPriced.map(
      ({ type, names, why }) =>
        `${type} (${listed(names)}): not looked into, and not in the estimate: ${why}`,
    ),
  ];
}

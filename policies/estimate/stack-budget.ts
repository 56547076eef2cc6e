import type { PolicyResource } from "@pulumi/policy";
import { count, notYet, text } from "../../pricing/estimate/read-property.ts";

/** USD a month; where there are several, the smallest. */
export type StackBudget =
  | { kind: "budget"; monthlyUsd: number; from: string }
  | { kind: "none"; why: string }
  | { kind: "not comparable"; why: string };

/** The budget that a stack sets itself at its cloud. */
export function budgetOf(resources: readonly PolicyResource[]): StackBudget {
  const found = resources.flatMap((resource) => read(resource) ?? []);
  const budgets = found.filter((each) => each.kind === "budget");
  const smallest = budgets.toSorted((left, right) => left.monthlyUsd - right.monthlyUsd)[0];
  return smallest ?? found[0] ?? { kind: "none", why: "the stack has no budget" };
}

function read({ type, name, props }: PolicyResource): StackBudget | undefined {
  switch (type.replace(/\/v\d{8}\w*:/, ":")) {
    case "aws:budgets/budget:Budget":
      if (text(props, "budgetType") === "COST")
        return budget(name, count(props, "limitAmount"), text(props, "timeUnit"), text(props, "limitUnit"));
      return undefined;
    case "azure-native:consumption:Budget":
      // Amounts are in the currency of the bill, which no property tells.
      return budget(name, count(props, "amount"), text(props, "timeGrain"), "USD");
    case "gcp:billing/budget:Budget": {
      const amount = "amount.specifiedAmount";
      const period = text(props, "budgetFilter.calendarPeriod") ?? "MONTH";
      return budget(
        name,
        count(props, `${amount}.units`),
        period,
        text(props, `${amount}.currencyCode`) ?? "USD",
      );
    }
    default:
      return undefined;
  }
}

/** How many months each cloud's word for a period is. */
const months: Record<string, number> = {
  ...{ MONTHLY: 1, QUARTERLY: 3, ANNUALLY: 12 },
  ...{ MONTH: 1, QUARTER: 3, YEAR: 12 },
  ...{ BILLINGMONTH: 1, BILLINGQUARTER: 3, BILLINGANNUAL: 12 },
};

function budget(
  name: string,
  amount: number | undefined | typeof notYet,
  period: string | undefined | typeof notYet,
  currency: string | undefined | typeof notYet,
): StackBudget {
  const from = `resource ${name}`;
  if (amount === notYet || period === notYet || currency === notYet)
    return { kind: "not comparable", why: `the amount of ${from} is not known before the update` };
  const length = months[(period ?? "").toUpperCase()];
  if (amount === undefined || length === undefined)
    return { kind: "not comparable", why: `${from} has no amount for months, quarters or years` };
  if (currency !== "USD")
    return { kind: "not comparable", why: `${from} is in ${currency}, and the price tables are in USD` };
  return { kind: "budget", monthlyUsd: amount / length, from };
}

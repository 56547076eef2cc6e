import { Budget } from "@pulumi/aws/budgets/budget.js";
import type { AwsContext } from "./foundation.ts";

/** Addresses of one notification (https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateNotification.html). */
export const maximumNotified = 10;

/**
 * A monthly budget over what bears the stack's tag, with alarms at 50, 90 and 100% and at a forecast of 100%. AWS sees
 * the tag in costs only where the account has activated `stack` as a cost allocation tag (Billing, once an account); until
 * then the budget stays at 0.
 */
export function createBudget({ names, parent, settings, tags }: AwsContext): void {
  const { budget } = settings;
  if (budget === undefined) return;
  const notification = (notificationType: string, threshold: number) => ({
    comparisonOperator: "GREATER_THAN",
    notificationType,
    threshold,
    thresholdType: "PERCENTAGE",
    subscriberEmailAddresses: budget.notify,
  });
  new Budget(
    "budget",
    {
      name: names.budget,
      budgetType: "COST",
      limitAmount: budget.monthlyUsd.toFixed(2),
      limitUnit: "USD",
      timeUnit: "MONTHLY",
      costFilters: [{ name: "TagKeyValue", values: [`user:stack$${settings.tags.stack}`] }],
      notifications: [
        ...[50, 90, 100].map((threshold) => notification("ACTUAL", threshold)),
        notification("FORECASTED", 100),
      ],
      tags,
    },
    { parent },
  );
}

import { Budget } from "@pulumi/azure-native/consumption/budget.js";
import type { AzureContext } from "./foundation.ts";

/** Shares of the budget at which its addresses get a mail, in percent; a forecast is Azure's own. */
const alarms = {
  half: { threshold: 50, thresholdType: "Actual" },
  most: { threshold: 80, thresholdType: "Actual" },
  all: { threshold: 100, thresholdType: "Actual" },
  forecast: { threshold: 100, thresholdType: "Forecasted" },
};

/**
 * A monthly budget over the stack's resource group and that of its nodes, where most of the cost is. Azure counts in the
 * currency of the bill; the amount is meant in USD.
 * @param now only its month matters: a budget may not begin in a month that is over.
 */
export function createBudget(context: AzureContext, now: Date = new Date()): void {
  const { account, names, parent, settings } = context;
  if (settings.budget === undefined) return;
  const { monthlyUsd, notify } = settings.budget;
  // Somebody must be told.
  const owners = notify.length === 0 ? { contactRoles: ["Owner"] } : {};
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth()));
  new Budget(
    "budget",
    {
      scope: `/subscriptions/${account.subscriptionId}`,
      budgetName: names.budget,
      category: "Cost",
      amount: monthlyUsd,
      timeGrain: "Monthly",
      timePeriod: { startDate: month.toISOString().replace(".000Z", "Z") },
      filter: {
        dimensions: { name: "ResourceGroupName", operator: "In", values: [names.group, names.nodeGroup] },
      },
      notifications: Object.fromEntries(
        Object.entries(alarms).map(([name, alarm]) => [
          name,
          { ...alarm, enabled: true, operator: "GreaterThanOrEqualTo", contactEmails: notify, ...owners },
        ]),
      ),
    },
    // Every update would begin it anew.
    { parent, ignoreChanges: ["timePeriod"] },
  );
}

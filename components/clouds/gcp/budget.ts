import { Budget } from "@pulumi/gcp/billing/budget.js";
import { NotificationChannel } from "@pulumi/gcp/monitoring/notificationChannel.js";
import type { GcpContext } from "./foundation.ts";
import type { EnabledServices } from "./services.ts";

/** Addresses that one budget can notify (https://cloud.google.com/billing/docs/how-to/budgets-notification-recipients). */
export const maximumNotified = 5;

/**
 * A monthly budget over what bears the stack's label, with alarms at 50, 90 and 100% and at a forecast of 100%. Without
 * addresses the billing account's administrators are told. What bears no label (NAT, network traffic, logs) is not in it.
 */
export function createBudget(context: GcpContext, enabled: EnabledServices): void {
  const { settings, labels, parent, project, billingAccount } = context;
  const { budget } = settings;
  if (budget === undefined || billingAccount === undefined) return;
  const channels = budget.notify.map(
    (address, index) =>
      new NotificationChannel(
        `budget-mail-${index}`,
        {
          project: project.id,
          displayName: `Budget of ${settings.stack}: ${address}`,
          type: "email",
          labels: { email_address: address },
          userLabels: labels,
        },
        { parent, dependsOn: enabled("monitoring") },
      ),
  );
  new Budget(
    "budget",
    {
      billingAccount,
      displayName: `skyloom ${settings.stack}`.slice(0, 60),
      amount: { specifiedAmount: amount(budget.monthlyUsd) },
      budgetFilter: {
        calendarPeriod: "MONTH",
        projects: [`projects/${project.number}`],
        labels: { stack: labels.stack ?? "" },
      },
      thresholdRules: [
        ...[0.5, 0.9, 1].map((thresholdPercent) => ({ thresholdPercent, spendBasis: "CURRENT_SPEND" })),
        { thresholdPercent: 1, spendBasis: "FORECASTED_SPEND" },
      ],
      ...(channels.length > 0 && {
        allUpdatesRule: {
          monitoringNotificationChannels: channels.map((channel) => channel.id),
          disableDefaultIamRecipients: true,
        },
      }),
    },
    { parent, dependsOn: enabled("billingbudgets") },
  );
}

/** USD, in whole units and billionths. An account that bills in another currency is refused by the budget's interface. */
function amount(usd: number) {
  const units = Math.floor(usd);
  const nanos = Math.round((usd - units) * 1e9);
  return { currencyCode: "USD", units: String(units), ...(nanos > 0 && { nanos }) };
}

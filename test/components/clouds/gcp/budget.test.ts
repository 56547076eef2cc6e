import assert from "node:assert/strict";
import { development, recordGcp } from "./fixture.ts";

describe("the budget of a stack on Google Cloud", () => {
  it("counts the stack's resources by the month, to the cent, with alarms before and at its end", async () => {
    const recording = await recordGcp(
      { ...development, budget: { monthlyUsd: 200.25, notify: [] } },
      () => {},
    );
    const { inputs } = recording.one("gcp:billing/budget:Budget");
    assert.equal(inputs.billingAccount, "012345-6789AB-CDEF01");
    assert.deepEqual(inputs.amount.specifiedAmount, {
      currencyCode: "USD",
      units: "200",
      nanos: 250_000_000,
    });
    assert.deepEqual(inputs.budgetFilter.labels, { stack: "dev-gcp" });
    assert.match(inputs.budgetFilter.projects[0], /^projects\/\d+$/);
    assert.deepEqual(
      inputs.thresholdRules.map(({ thresholdPercent }: { thresholdPercent: number }) => thresholdPercent),
      [0.5, 0.9, 1, 1],
    );
    assert.equal(inputs.allUpdatesRule, undefined);
  });

  it("tells the addresses that are given, and then nobody else", async () => {
    const recording = await recordGcp(
      { ...development, budget: { monthlyUsd: 200, notify: ["a@example.com", "b@example.com"] } },
      () => {},
    );
    const channels = recording.all("gcp:monitoring/notificationChannel:NotificationChannel");
    assert.deepEqual(
      channels.map(({ inputs }) => inputs.labels.email_address),
      ["a@example.com", "b@example.com"],
    );
    const { allUpdatesRule } = recording.one("gcp:billing/budget:Budget").inputs;
    assert.deepEqual(
      allUpdatesRule.monitoringNotificationChannels,
      channels.map(({ id }) => id),
    );
    assert.equal(allUpdatesRule.disableDefaultIamRecipients, true);
  });

  it("belongs to the account that is configured, before the project's", async () => {
    const recording = await recordGcp(development, () => {}, {
      config: { "gcp:project": "skyloom-test", "skyloom:billingAccount": "ABCDEF-012345-6789AB" },
    });
    assert.equal(recording.one("gcp:billing/budget:Budget").inputs.billingAccount, "ABCDEF-012345-6789AB");
  });
});

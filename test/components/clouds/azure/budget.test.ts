import assert from "node:assert/strict";
import { development, recordUsedAzure } from "./fixture.ts";

const BUDGET = "azure-native:consumption:Budget";

describe("budget at azure", function () {
  // The types of the SDKs are read once, which takes seconds on a busy machine.
  this.timeout(30_000);
  it("counts the stack's group and that of its nodes, and mails before it is spent", async () => {
    const recording = await recordUsedAzure(development);
    const { inputs, ignoreChanges } = recording.one(BUDGET);
    const cluster = recording.one("azure-native:containerservice:ManagedCluster").inputs;
    assert.equal(inputs.amount, 200);
    assert.deepEqual(inputs.filter.dimensions.values, ["skyloom-dev-azure", cluster.nodeResourceGroup]);
    assert.match(inputs.timePeriod.startDate, /^\d{4}-\d{2}-01T00:00:00Z$/);
    assert.deepEqual(ignoreChanges, ["timePeriod"]);
    assert.deepEqual(
      Object.values<{ threshold: number }>(inputs.notifications)
        .map(({ threshold }) => threshold)
        .toSorted((one, other) => one - other),
      [50, 80, 100, 100],
    );
    assert.deepEqual(inputs.notifications.forecast.contactEmails, ["ops@example.com"]);
  });

  it("mails the owners where nobody is named", async () => {
    const settings = { ...development, budget: { monthlyUsd: 10, notify: [] } };
    const { inputs } = (await recordUsedAzure(settings)).one(BUDGET);
    assert.deepEqual(inputs.notifications.all.contactRoles, ["Owner"]);
  });

  it("is absent where none is set", async () => {
    const recording = await recordUsedAzure({ ...development, budget: undefined });
    assert.deepEqual(recording.all(BUDGET), []);
  });
});

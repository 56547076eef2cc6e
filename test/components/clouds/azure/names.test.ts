import assert from "node:assert/strict";
import { azureNames, stackNameProblem } from "../../../../components/clouds/azure/names.ts";

const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";

describe("names at azure", () => {
  for (const stack of ["a", "dev-azure", "a-very-long-name-of-a-stack-for-customers"])
    it(`fit the rules for stack ${stack}`, () => {
      const names = azureNames(SUBSCRIPTION, stack);
      assert.match(names.storageAccount, /^[a-z0-9]{3,24}$/);
      assert.match(names.flowLogAccount, /^[a-z0-9]{3,24}$/);
      assert.notEqual(names.storageAccount, names.flowLogAccount);
      assert.match(names.registry, /^[a-zA-Z0-9]{5,50}$/);
      assert.match(names.cluster, /^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/);
      assert.match(names.cluster, /^.{1,54}$/, "the DNS prefix of a cluster");
      assert.match(names.nodeGroup, /^[\w.()-]{1,80}$/);
      assert.match(names.queue, /^[a-z0-9](-?[a-z0-9]){2,62}$/);
      assert.match(names.deadLetter, /^[a-z0-9](-?[a-z0-9]){2,62}$/);
      assert.match(names.identity("flow-logs"), /^[a-zA-Z0-9][\w-]{2,127}$/);
      assert.match(names.pool("averylongone", {}), /^[a-z][a-z0-9]{0,11}$/);
    });

  it("keep stacks and subscriptions apart where names are the world's, and stay the same", () => {
    const accounts = [
      azureNames(SUBSCRIPTION, "customers-one").storageAccount,
      azureNames(SUBSCRIPTION, "customers-two").storageAccount,
      azureNames(SUBSCRIPTION.replace("1", "2"), "customers-one").storageAccount,
    ];
    assert.equal(new Set(accounts).size, 3);
    assert.equal(azureNames(SUBSCRIPTION, "customers-one").storageAccount, accounts[0]);
  });

  it("change for a pool exactly when something does that Azure cannot change in place", () => {
    const { pool } = azureNames(SUBSCRIPTION, "dev");
    assert.equal(pool("l4", { vmSize: "a" }), pool("l4", { vmSize: "a" }));
    assert.notEqual(pool("l4", { vmSize: "a" }), pool("l4", { vmSize: "b" }));
    assert.notEqual(pool("samebeginning", {}), pool("samebegin", {}));
  });

  for (const stack of ["Dev", "1st", "dev_azure", "dev--azure", "dev-", "", "a".repeat(41)])
    it(`refuses stack "${stack}"`, () => assert.match(stackNameProblem(stack) ?? "", /lower-case letters/));

  it("takes stacks as the examples are called", () => {
    assert.equal(stackNameProblem("dev-azure"), undefined);
    assert.equal(stackNameProblem("prod-azure"), undefined);
  });
});

import assert from "node:assert/strict";
import type { PolicyResource } from "@pulumi/policy";
import { budgetOf } from "../../../policies/estimate/stack-budget.ts";

const at = (type: string, props: object, name = "budget") => ({ type, name, props }) as PolicyResource;
const aws = (limitAmount: string, more: object = {}, name?: string) =>
  at(
    "aws:budgets/budget:Budget",
    { budgetType: "COST", limitAmount, limitUnit: "USD", timeUnit: "MONTHLY", ...more },
    name,
  );
const google = (currencyCode: string) =>
  at("gcp:billing/budget:Budget", { amount: { specifiedAmount: { currencyCode, units: "300" } } });

describe("budgetOf", () => {
  it("reads the budget of each cloud", () => {
    const azure = at("azure-native:consumption:Budget", { amount: 300, timeGrain: "Monthly" });
    for (const resource of [aws("300"), azure, google("USD")])
      assert.deepEqual(budgetOf([resource]), { kind: "budget", monthlyUsd: 300, from: "resource budget" });
  });

  it("takes the smallest of several, a month of a year's", () => {
    const found = budgetOf([aws("5000"), aws("1200", { timeUnit: "ANNUALLY" }, "yearly")]);
    assert.deepEqual(found, { kind: "budget", monthlyUsd: 100, from: "resource yearly" });
  });

  it("says why there is none to compare with", () => {
    assert.deepEqual(budgetOf([]), { kind: "none", why: "the stack has no budget" });
    const foreign = budgetOf([google("EUR")]);
    assert.ok(foreign.kind === "not comparable" && /resource budget is in EUR/.test(foreign.why));
  });
});

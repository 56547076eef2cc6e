import assert from "node:assert/strict";
import { makePlan } from "../../../runtime/planning/make-plan.ts";

const problem = {
  resources: { executor: { capacity: 1 } },
  tasks: {
    long: { duration: 9, needs: { executor: 1 } },
    short: { duration: 2, needs: { executor: 1 }, weight: 3 },
  },
  objective: { weightedCompletion: 1 },
};

describe("makePlan", () => {
  it("names the strategy that auto took", async () => {
    const { strategy, isProven, objective } = await makePlan(problem, { strategy: "auto" });
    assert.equal(strategy, "dynamic-programming");
    assert.deepEqual([isProven, objective.value], [true, 17]);
  });

  it("plans by the rule it is given", async () => {
    const valueBy = async (rule: string) =>
      (await makePlan(problem, { strategy: "priority", rule })).objective.value;
    assert.equal(await valueBy("WSPT"), 2 * 3 + 11);
    assert.equal(await valueBy("LPT"), 9 + 11 * 3);
  });

  it("refuses names of strategies and rules that do not exist", async () => {
    await assert.rejects(makePlan(problem, { strategy: "genetics" }), {
      code: "unknown-strategy",
      message:
        /^invalid plan request: strategy: there is no strategy genetics, did you mean genetic\?; there are auto/,
    });
    await assert.rejects(makePlan(problem, { strategy: "priority", rule: "WSPTT" }), {
      code: "unknown-rule",
      message: /^invalid plan request: rule: there is no rule WSPTT, did you mean WSPT\?/,
    });
  });
});

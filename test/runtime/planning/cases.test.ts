import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { allocate } from "../../../runtime/planning/allocation/allocate.ts";
import { parseAllocation } from "../../../runtime/planning/allocation/parse-allocation.ts";
import type { PlanAnswer } from "../../../runtime/planning/answer/plan-answer.ts";
import { makePlan } from "../../../runtime/planning/make-plan.ts";
import { parseAndCompileProblem } from "../../../runtime/planning/parse-problem.ts";
import { strategies } from "../../../runtime/planning/strategies/strategies.ts";
import { projectFolder } from "../../../scripts/project.mjs";
import { bruteForce } from "./brute-force.ts";

const hour = 3600;
const exact = ["dynamic-programming", "linear-programming"];
const read = (name: string) =>
  parse(readFileSync(join(projectFolder, "examples/planning", `${name}.yaml`), "utf8"));

function starts(plan: PlanAnswer): Record<string, number> {
  return Object.fromEntries(plan.tasks.map(({ name, start }) => [name, start]));
}

describe("cases of examples/planning", function () {
  this.timeout(60_000);

  for (const strategy of Object.keys(strategies)) {
    it(`customer service by ${strategy}: trains on 3 GPUs and is done at 6 h, proven`, async () => {
      const plan = await makePlan(read("customer-service"), { strategy });
      assert.equal(plan.makespan, 6 * hour);
      assert.deepEqual(starts(plan), { "clean-data": 0, train: 2 * hour, serve: 5 * hour });
      assert.deepEqual(plan.tasks[1]?.levels, { gpu: 3, memory: 8, network: 200 });
      assert.deepEqual(
        [plan.isProven, plan.gap, plan.bound],
        [true, 0, { value: 6 * hour, by: "critical-path" }],
      );
    });

    it(`one executor by ${strategy}: Σ weight × completion is 39 at best, the two of weight 2 first`, async () => {
      const plan = await makePlan(read("executor"), { strategy });
      const value = plan.objective.parts.weightedCompletion.value;
      if (exact.includes(strategy)) {
        assert.deepEqual([value, plan.isProven], [39, true]);
        const first = plan.tasks.slice(0, 2).map(({ name }) => name);
        assert.deepEqual(first.sort(), ["answer-four", "answer-two"]);
      }
      assert.ok(value >= 39, `${value}`);
      assert.ok(plan.bound.value <= 39, `bound ${plan.bound.value}`);
    });

    it(`unequal times by ${strategy}: 227 at best`, async () => {
      const plan = await makePlan(read("unequal"), { strategy });
      if (exact.includes(strategy)) assert.deepEqual([plan.objective.value, plan.isProven], [227, true]);
      assert.ok(plan.objective.value >= 227, `${plan.objective.value}`);
      assert.ok(plan.bound.value <= 227, `bound ${plan.bound.value}`);
    });
  }

  it("brute force finds no better answers than 39 and 227", () => {
    assert.equal(bruteForce(parseAndCompileProblem(read("executor"))), 39);
    assert.equal(bruteForce(parseAndCompileProblem(read("unequal"))), 227);
  });

  it("customer service that asks for exactly 4 GPUs is refused with the reason", async () => {
    const problem = read("customer-service");
    problem.tasks.train.needs.gpu = 4;
    await assert.rejects(makePlan(problem, { strategy: "dynamic-programming" }), {
      message: /train needs 4 of gpu, of which there are never more than 3/,
    });
  });

  it("allocation: 650 at the same time, 300 in a chain, and the missing amount below", async () => {
    const problem = (capacity: number, order: string) =>
      parseAllocation({ ...read("allocation"), resources: { compute: { capacity } }, order });
    for (const [capacity, order] of [
      [650, "together"],
      [300, "chain"],
    ] as const) {
      const answer = await allocate(problem(capacity, order));
      assert.deepEqual([answer.status, "cost" in answer && answer.cost], ["optimal", 1450]);
    }
    const lacking = await allocate(problem(649, "together"));
    assert.equal("shortages" in lacking && lacking.shortages[0]?.missing, 1);
    const chained = await allocate(problem(299, "chain"));
    assert.deepEqual("reasons" in chained && chained.reasons, [
      "training needs 300 of compute, there are 299: 1 missing",
    ]);
  });
});

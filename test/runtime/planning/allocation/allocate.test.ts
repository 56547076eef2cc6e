import assert from "node:assert/strict";
import { allocate } from "../../../../runtime/planning/allocation/allocate.ts";
import type {
  AllocationAnswer,
  AllocationRefusal,
} from "../../../../runtime/planning/allocation/allocation.ts";
import { parseAllocation } from "../../../../runtime/planning/allocation/parse-allocation.ts";

// Case C8: demands 100, 200, 300 and 50 are lower bounds, unit costs are given.
const tasks = {
  cleaning: { demand: 100, unitCosts: { compute: 1 } },
  features: { demand: 200, unitCosts: { compute: 2 } },
  training: { demand: 300, unitCosts: { compute: 3 } },
  evaluation: { demand: 50, unitCosts: { compute: 1 } },
};
const minimumCost = 100 * 1 + 200 * 2 + 300 * 3 + 50 * 1;

async function optimum(value: unknown): Promise<AllocationAnswer> {
  const answer = await allocate(parseAllocation(value));
  assert.equal(answer.status, "optimal");
  return answer as AllocationAnswer;
}

async function refusal(value: unknown): Promise<AllocationRefusal> {
  const answer = await allocate(parseAllocation(value));
  assert.equal(answer.status, "infeasible");
  return answer as AllocationRefusal;
}

describe("resource allocation by linear programming", () => {
  for (const capacity of [650, 700, 1000])
    it(`gives each task its demand at the least cost where all run at the same time and R is ${capacity}`, async () => {
      const answer = await optimum({ resources: { compute: { capacity } }, tasks, order: "together" });
      assert.deepEqual(answer.amounts, {
        cleaning: { compute: 100 },
        features: { compute: 200 },
        training: { compute: 300 },
        evaluation: { compute: 50 },
      });
      assert.equal(answer.cost, minimumCost);
      assert.deepEqual(
        answer.shadowPrices,
        capacity === 650 ? [{ resource: "compute", stage: 1, saves: 0 }] : [],
      );
    });

  it("names the missing amount where all run at the same time and R is below 650", async () => {
    const answer = await refusal({ resources: { compute: { capacity: 600 } }, tasks, order: "together" });
    assert.deepEqual(answer.reasons, [
      "cleaning, features, training, evaluation run at the same time and need together 650 of compute, there are 600: 50 missing",
    ]);
  });

  it("needs 300 in a chain", async () => {
    const answer = await optimum({ resources: { compute: { capacity: 300 } }, tasks, order: "chain" });
    assert.equal(answer.cost, minimumCost);
    assert.deepEqual(answer.stages, [["cleaning"], ["features"], ["training"], ["evaluation"]]);
  });

  it("names each task of a chain that wants more than there is", async () => {
    const answer = await refusal({ resources: { compute: { capacity: 150 } }, tasks, order: "chain" });
    assert.deepEqual(answer.reasons, [
      "features needs 200 of compute, there are 150: 50 missing",
      "training needs 300 of compute, there are 150: 150 missing",
    ]);
  });

  it("puts tasks of one stage together by their predecessors: cleaning, then features beside training", async () => {
    const ordered = {
      ...tasks,
      features: { ...tasks.features, predecessors: ["cleaning"] },
      training: { ...tasks.training, predecessors: ["cleaning"] },
      evaluation: { ...tasks.evaluation, predecessors: ["training", "features"] },
    };
    const answer = await optimum({ resources: { compute: { capacity: 500 } }, tasks: ordered });
    assert.deepEqual(answer.stages, [["cleaning"], ["features", "training"], ["evaluation"]]);
    const { shortages } = await refusal({ resources: { compute: { capacity: 480 } }, tasks: ordered });
    assert.deepEqual(shortages, [
      { stage: 2, tasks: ["features", "training"], demanded: 500, available: 480, missing: 20 },
    ]);
  });

  it("takes from the cheaper resource first and tells what one more unit of it would save", async () => {
    const answer = await optimum({
      resources: { spot: { capacity: 400, unitCost: 1 }, onDemand: { capacity: 400, unitCost: 3 } },
      tasks: {
        cleaning: { demand: 100 },
        training: { demand: 300, resources: ["onDemand"] },
        score: { demand: 350 },
      },
      order: "together",
    });
    // 50 of cleaning and score do not fit on spot: 400 × 1 + 350 × 3.
    assert.equal(answer.cost, 400 + 350 * 3);
    assert.deepEqual(answer.shadowPrices, [{ resource: "spot", stage: 1, saves: 2 }]);
  });

  it("refuses what costs more than the budget, with the difference", async () => {
    const answer = await refusal({
      resources: { compute: { capacity: 650 } },
      tasks,
      order: "together",
      budget: 1400,
    });
    assert.equal(answer.cheapest, 1450);
    assert.deepEqual(answer.reasons, ["the cheapest allocation costs 1450, the budget is 1400: 50 missing"]);
  });

  it("honours what is there in single stages", async () => {
    const answer = await refusal({
      resources: { compute: { capacity: 300, availability: { 3: 250 } } },
      tasks,
      order: "chain",
    });
    assert.deepEqual(answer.reasons, ["training needs 300 of compute, there are 250: 50 missing"]);
  });

  it("reports all problems of a bad file at once", () => {
    assert.throws(
      () =>
        parseAllocation({
          resources: { compute: { capacity: 10 } },
          tasks: {
            a: { demand: 5, maximum: 4, resources: ["computer"] },
            b: { demand: 1, predecessors: ["missing"] },
          },
          order: "chain",
        }),
      (error: { problems: unknown }) => {
        assert.deepEqual(error.problems, [
          { path: "tasks.a.resources", message: 'there is no resource "computer", did you mean "compute"?' },
          { path: "tasks.a.maximum", message: "4 is below the demand of 5" },
          { path: "tasks.b.predecessors", message: 'there is no task "missing"' },
          { path: "tasks.b.predecessors", message: 'has no meaning with "order: chain"' },
        ]);
        return true;
      },
    );
  });

  it("prints the path of a cycle", async () => {
    const cyclic = parseAllocation({
      resources: { compute: { capacity: 10 } },
      tasks: { a: { demand: 1, predecessors: ["b"] }, b: { demand: 1, predecessors: ["a"] } },
    });
    await assert.rejects(allocate(cyclic), /form a cycle: a → b → a/);
  });
});

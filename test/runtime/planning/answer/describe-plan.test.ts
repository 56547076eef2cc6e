import assert from "node:assert/strict";
import type { PlanAnswer } from "../../../../runtime/planning/answer/plan-answer.ts";
import { makePlan } from "../../../../runtime/planning/make-plan.ts";
import type { PlanningProblem } from "../../../../runtime/planning/problem.ts";

async function plan(problem: PlanningProblem): Promise<PlanAnswer> {
  return await makePlan(problem, { strategy: "dynamic-programming" });
}

const task = (answer: PlanAnswer, name: string) => answer.tasks.find((each) => each.name === name);

describe("what is told about a plan", () => {
  it("says why a task is late: who held what until when, and what those waited for", async () => {
    const answer = await plan({
      resources: { gpu: { capacity: 1 }, cpu: { capacity: 1 } },
      tasks: {
        fetch: { duration: 10, needs: { cpu: 1 }, weight: 0 },
        train: { duration: 100, needs: { gpu: 1 }, weight: 100, predecessors: ["fetch"] },
        evaluate: {
          duration: 50,
          needs: { gpu: 1 },
          predecessors: ["fetch"],
          deadline: 90,
          exceptionCost: 1,
        },
      },
      objective: { weightedCompletion: 1, exceptionCost: 1 },
    });
    assert.deepEqual(task(answer, "evaluate")?.late, {
      seconds: 70,
      why: "evaluate ends 1 min 10 s after its deadline: evaluate waits for gpu, held by train until 1 min 50 s; train waits for fetch until 10 s; fetch takes 10 s from the start on",
    });
    assert.deepEqual(task(answer, "evaluate")?.reasons, [
      { kind: "resource", resource: "gpu", heldBy: ["train"], until: 110 },
    ]);
    assert.deepEqual(answer.criticalPath, ["fetch", "train", "evaluate"]);
  });

  it("names releases and windows that tasks wait for", async () => {
    const answer = await plan({
      resources: { gpu: { capacity: 1, windows: [{ from: 0, to: 20, capacity: 0 }] } },
      tasks: {
        released: { duration: 5, release: 7 },
        night: { duration: 5, needs: { gpu: 1 } },
      },
    });
    assert.deepEqual(task(answer, "released")?.reasons, [{ kind: "release", until: 7 }]);
    assert.deepEqual(task(answer, "night")?.reasons, [{ kind: "window", resource: "gpu", until: 20 }]);
    assert.deepEqual(answer.criticalPath, ["night"]);
  });

  it("gives a task the slack that others and capacity leave it", async () => {
    const answer = await plan({
      resources: { cpu: { capacity: 2, windows: [{ from: 30, to: 40, capacity: 1 }] } },
      tasks: {
        long: { duration: 50, needs: { cpu: 1 } },
        short: { duration: 10, needs: { cpu: 1 } },
        free: { duration: 10 },
      },
    });
    assert.equal(answer.makespan, 50);
    assert.equal(task(answer, "long")?.slack, 0);
    // Until 30, where one core is taken away.
    assert.equal(task(answer, "short")?.slack, 20);
    assert.equal(task(answer, "free")?.slack, 40);
  });

  it("tells use and cost of each resource over time", async () => {
    const answer = await plan({
      resources: { gpu: { capacity: 4, price: 3, unit: "GPU" }, cpu: { capacity: 8 } },
      tasks: {
        train: { duration: 7200, needs: { gpu: 2, cpu: 1 } },
        serve: { duration: 3600, needs: { gpu: 1 }, predecessors: ["train"] },
      },
      objective: { money: 1, makespan: 0.001 },
    });
    const [gpu, cpu] = answer.resources;
    assert.deepEqual(gpu?.usage, [
      { from: 0, to: 7200, used: 2, available: 4 },
      { from: 7200, to: 10_800, used: 1, available: 4 },
    ]);
    // 5 GPU hours of 12, at 3 each.
    assert.deepEqual([gpu?.utilisation, gpu?.cost, cpu?.cost], [5 / 12, 15, undefined]);
    assert.deepEqual(
      [task(answer, "train")?.cost, answer.objective.parts.money],
      [12, { value: 15, factor: 1 }],
    );
    assert.equal(answer.objective.value, 15 + 10.8);
  });
});

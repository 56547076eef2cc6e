import assert from "node:assert/strict";
import type { CompiledProblem } from "../../../../runtime/planning/compiled-problem.ts";
import { namedSchedule } from "../../../../runtime/planning/named-schedule.ts";
import { objectiveValue } from "../../../../runtime/planning/objective.ts";
import { parseAndCompileProblem } from "../../../../runtime/planning/parse-problem.ts";
import {
  dynamicProgramming,
  maximumTasks,
} from "../../../../runtime/planning/strategies/dynamic-programming.ts";
import type { Solution } from "../../../../runtime/planning/strategies/strategy.ts";
import { verifySchedule } from "../../../../runtime/planning/verify-schedule.ts";
import { bruteForce } from "../brute-force.ts";
import { objectives, randomProblem } from "../random-problem.ts";

async function solve(compiled: CompiledProblem): Promise<Solution> {
  return await dynamicProgramming.solve(compiled, {});
}

async function assertOptimal(compiled: CompiledProblem, seed: number): Promise<void> {
  const solution = await solve(compiled);
  assert.deepEqual(verifySchedule(compiled.problem, namedSchedule(compiled, solution)), [], `seed ${seed}`);
  const least = bruteForce(compiled);
  const value = objectiveValue(compiled, solution);
  assert.ok(Math.abs(value - least) <= 1e-9 * Math.max(1, least), `seed ${seed}: ${value}, not ${least}`);
  assert.ok(
    Math.abs((solution.provenBound ?? 0) - value) <= 1e-9 * Math.max(1, value),
    `seed ${seed}: bound`,
  );
}

describe("dynamic programming", () => {
  for (const [index, objective] of objectives.entries())
    it(`equals brute force on 250 random problems for ${JSON.stringify(objective ?? "the makespan")}`, async () => {
      for (let seed = index; seed < 1000; seed += objectives.length)
        await assertOptimal(parseAndCompileProblem(randomProblem(seed, 3 + (seed % 3))), seed);
    });

  it("leaves the machine idle where waiting for a weighty task is better", async () => {
    const compiled = parseAndCompileProblem({
      resources: { executor: { capacity: 1 } },
      tasks: {
        light: { duration: 10, needs: { executor: 1 }, weight: 1 },
        heavy: { duration: 1, needs: { executor: 1 }, weight: 100, release: 2 },
      },
      objective: { weightedCompletion: 1 },
    });
    assert.deepEqual(namedSchedule(compiled, await solve(compiled)).starts, { light: 3, heavy: 2 });
  });

  it("refuses more tasks than it takes, with the limit", () => {
    const tasks = Object.fromEntries(
      Array.from({ length: maximumTasks + 1 }, (_, index) => [`t${index}`, { duration: 1 }]),
    );
    const compiled = parseAndCompileProblem({ resources: {}, tasks });
    assert.equal(
      dynamicProgramming.refuse?.(compiled, {}),
      "dynamic programming takes at most 30 tasks, this problem has 31",
    );
  });

  it("gives up when asked to, rather than call something else optimal", async () => {
    const tasks = Object.fromEntries(
      Array.from({ length: maximumTasks }, (_, index) => [
        `t${index}`,
        { duration: 1 + ((index * 7) % 11), needs: { cpu: 1 + (index % 3) }, weight: 1 + ((index * 5) % 7) },
      ]),
    );
    const compiled = parseAndCompileProblem({
      resources: { cpu: { capacity: 7 } },
      tasks,
      objective: { weightedCompletion: 1 },
    });
    const signal = AbortSignal.abort();
    await assert.rejects(async () => dynamicProgramming.solve(compiled, { signal }), {
      code: "too-large-for-strategy",
    });
  });

  it("names the constraints that conflict where no plan can hold all tasks", async () => {
    const compiled = parseAndCompileProblem({
      resources: { cpu: { capacity: 8 }, gpu: { capacity: 0, windows: [{ from: 0, to: 5, capacity: 1 }] } },
      tasks: {
        clean: { duration: 1, needs: { cpu: 2 } },
        first: { duration: 3, needs: { gpu: 1 } },
        second: { duration: 3, needs: { gpu: 1 }, predecessors: ["clean"] },
      },
    });
    const message =
      "no plan can hold all tasks: first and second need more of gpu than there is: 1 from 0 s to 5 s, 0 outside";
    await assert.rejects(async () => dynamicProgramming.solve(compiled, {}), {
      code: "infeasible-plan",
      message,
    });
  });
});

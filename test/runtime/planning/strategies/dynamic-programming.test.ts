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

function solve(compiled: CompiledProblem): Solution {
  return dynamicProgramming.solve(compiled, {}) as Solution;
}

function assertOptimal(compiled: CompiledProblem, seed: number): void {
  const solution = solve(compiled);
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
    it(`equals brute force on 250 random problems for ${JSON.stringify(objective ?? "the makespan")}`, () => {
      for (let seed = index; seed < 1000; seed += objectives.length)
        assertOptimal(parseAndCompileProblem(randomProblem(seed, 3 + (seed % 3))), seed);
    });

  it("leaves the machine idle where waiting for a weighty task is better", () => {
    const compiled = parseAndCompileProblem({
      resources: { executor: { capacity: 1 } },
      tasks: {
        light: { duration: 10, needs: { executor: 1 }, weight: 1 },
        heavy: { duration: 1, needs: { executor: 1 }, weight: 100, release: 2 },
      },
      objective: { weightedCompletion: 1 },
    });
    assert.deepEqual(namedSchedule(compiled, solve(compiled)).starts, { light: 3, heavy: 2 });
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

  it("gives up when asked to, rather than call something else optimal", () => {
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
    assert.throws(() => dynamicProgramming.solve(compiled, { signal }), { code: "too-large-for-strategy" });
  });
});

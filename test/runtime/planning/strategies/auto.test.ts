import assert from "node:assert/strict";
import { namedSchedule } from "../../../../runtime/planning/named-schedule.ts";
import { objectiveValue } from "../../../../runtime/planning/objective.ts";
import { parseAndCompileProblem } from "../../../../runtime/planning/parse-problem.ts";
import { auto } from "../../../../runtime/planning/strategies/auto.ts";
import { greedy } from "../../../../runtime/planning/strategies/greedy.ts";
import { learnedRule } from "../../../../runtime/planning/strategies/learned.ts";
import { priority } from "../../../../runtime/planning/strategies/priority.ts";
import { verifySchedule } from "../../../../runtime/planning/verify-schedule.ts";
import { bruteForce } from "../brute-force.ts";
import { projectProblem } from "../project-problem.ts";
import { randomProblem } from "../random-problem.ts";

describe("auto", () => {
  it("proves the best there is of small problems", async () => {
    for (let seed = 0; seed < 12; seed++) {
      const compiled = parseAndCompileProblem(randomProblem(seed, 5));
      const solution = await auto.solve(compiled, { seconds: 60 });
      const least = bruteForce(compiled);
      const value = objectiveValue(compiled, solution);
      assert(Math.abs(value - least) <= 1e-9 * Math.max(1, least), `seed ${seed}: ${value}, not ${least}`);
    }
  });

  it("searches where a problem is too large to be proved, within the schedules it is given", async () => {
    const compiled = parseAndCompileProblem({
      ...projectProblem(1, 300),
      objective: { weightedCompletion: 1 },
    });
    const solution = await auto.solve(compiled, { schedules: 500 });
    assert.equal(solution.madeBy, "genetic");
    assert(solution.schedules <= 500, `${solution.schedules}`);
    assert(objectiveValue(compiled, solution) < objectiveValue(compiled, await greedy.solve(compiled, {})));
  });

  it("takes a rule for very large problems", async () => {
    const tasks = Object.fromEntries(
      Array.from({ length: 20_001 }, (_, index) => [
        `t${index}`,
        { duration: 1 + (index % 5), needs: { cpu: 1 } },
      ]),
    );
    const compiled = parseAndCompileProblem({ resources: { cpu: { capacity: 100 } }, tasks });
    const solution = await auto.solve(compiled, {});
    assert.equal(solution.madeBy, "priority");
    assert.deepEqual(verifySchedule(compiled.problem, namedSchedule(compiled, solution)), []);
  });

  it("ends with its best when it is told to", async () => {
    const compiled = parseAndCompileProblem({
      ...projectProblem(1, 40),
      objective: { weightedCompletion: 1 },
    });
    const solution = await auto.solve(compiled, { signal: AbortSignal.abort() });
    assert.deepEqual(verifySchedule(compiled.problem, namedSchedule(compiled, solution)), []);
  });
});

describe("greedy, priority and learned", () => {
  it("make valid schedules of problems with releases, windows and modes", async () => {
    for (let seed = 0; seed < 60; seed++) {
      const compiled = parseAndCompileProblem(randomProblem(seed, 8));
      for (const strategy of [greedy, priority, learnedRule]) {
        const solution = await strategy.solve(compiled, {});
        assert.deepEqual(
          verifySchedule(compiled.problem, namedSchedule(compiled, solution)),
          [],
          `seed ${seed}`,
        );
      }
    }
  });

  it("refuses a rule that does not exist, with those that do", () => {
    const compiled = parseAndCompileProblem(projectProblem(1, 3));
    assert.match(
      priority.refuse?.(compiled, { rule: "LTF" }) ?? "",
      /^there is no priority rule LTF; there are LFT, LST, MSLK, MTS,/,
    );
  });

  it("say what conflicts where resources run out before every task has had them", async () => {
    const compiled = parseAndCompileProblem({
      resources: { gpu: { capacity: 0, windows: [{ from: 0, to: 15, capacity: 1 }] } },
      tasks: { a: { duration: 10, needs: { gpu: 1 } }, b: { duration: 10, needs: { gpu: 1 } } },
    });
    for (const strategy of [greedy, priority, learnedRule])
      await assert.rejects(async () => strategy.solve(compiled, {}), { code: "infeasible-plan" });
  });
});

import assert from "node:assert/strict";
import type { CompiledProblem } from "../../../../runtime/planning/compiled-problem.ts";
import { namedSchedule } from "../../../../runtime/planning/named-schedule.ts";
import { objectiveValue } from "../../../../runtime/planning/objective.ts";
import { parseAndCompileProblem } from "../../../../runtime/planning/parse-problem.ts";
import { genetic } from "../../../../runtime/planning/strategies/genetic.ts";
import { priority } from "../../../../runtime/planning/strategies/priority.ts";
import type { StrategyOptions, StrategyProgress } from "../../../../runtime/planning/strategies/strategy.ts";
import { verifySchedule } from "../../../../runtime/planning/verify-schedule.ts";
import { bruteForce } from "../brute-force.ts";
import { projectProblem } from "../project-problem.ts";
import { randomProblem } from "../random-problem.ts";

async function solve(compiled: CompiledProblem, options: StrategyOptions) {
  const solution = await genetic.solve(compiled, options);
  assert.deepEqual(verifySchedule(compiled.problem, namedSchedule(compiled, solution)), []);
  return { ...solution, value: objectiveValue(compiled, solution) };
}

describe("genetic", () => {
  it("finds what brute force finds on small problems of every objective", async () => {
    for (let seed = 0; seed < 80; seed++) {
      const compiled = parseAndCompileProblem(randomProblem(seed, 5));
      const { value } = await solve(compiled, { schedules: 2000 });
      const least = bruteForce(compiled);
      assert(Math.abs(value - least) <= 1e-9 * Math.max(1, least), `seed ${seed}: ${value}, not ${least}`);
    }
  });

  it("is better than the rules on projects, and gives the same for the same seed", async () => {
    let better = 0;
    for (let seed = 0; seed < 10; seed++) {
      const compiled = parseAndCompileProblem(projectProblem(seed, 60));
      const byRule = objectiveValue(compiled, await priority.solve(compiled, { rule: "LFT" }));
      const first = await solve(compiled, { schedules: 1000, seed });
      const second = await solve(compiled, { schedules: 1000, seed });
      assert.deepEqual(first, second);
      assert(first.schedules <= 1000, `${first.schedules} schedules`);
      assert(first.value <= byRule, `seed ${seed}: ${first.value}, by rule ${byRule}`);
      if (first.value < byRule) better++;
    }
    assert(better >= 5, `better in ${better} of 10`);
  });

  it("ends at a lower bound", async () => {
    const compiled = parseAndCompileProblem({
      resources: { cpu: { capacity: 2 } },
      tasks: Object.fromEntries(
        Array.from({ length: 10 }, (_, index) => [`t${index}`, { duration: 60, needs: { cpu: 1 } }]),
      ),
    });
    const { value, schedules } = await solve(compiled, { schedules: 100_000 });
    assert.equal(value, 300);
    assert(schedules < 10, `${schedules} schedules`);
  });

  it("ends with its best when the time is over or it is told to, and tells how far it is", async () => {
    const compiled = parseAndCompileProblem({
      ...projectProblem(1, 60),
      objective: { weightedCompletion: 1 },
    });
    const told: StrategyProgress[] = [];
    const controller = new AbortController();
    const aborted = await solve(compiled, {
      schedules: 1e9,
      signal: controller.signal,
      onProgress: (progress) => {
        told.push(progress);
        if (progress.schedules > 3000) controller.abort();
      },
    });
    assert(aborted.schedules > 3000);
    assert(told.length > 2);
    for (const [index, { best, schedules, bound }] of told.entries()) {
      assert(best <= (told[index - 1]?.best ?? best) && schedules >= (told[index - 1]?.schedules ?? 0));
      assert(bound !== undefined && bound <= aborted.value);
    }
    assert.equal(aborted.value, told.at(-1)?.best);

    let clock = 0;
    const timed = await solve(compiled, { seconds: 1, now: () => clock++ });
    assert(timed.schedules > 100 && timed.schedules < 10_000, `${timed.schedules} schedules`);
  });

  it("holds capacity with many resources, whose amounts need several words of bits", async () => {
    const compiled = parseAndCompileProblem(projectProblem(2, 40, 12));
    await solve(compiled, { schedules: 500 });
    const large = parseAndCompileProblem({
      resources: { memory: { capacity: 1_000_000_007 }, gpu: { capacity: 3 } },
      tasks: Object.fromEntries(
        Array.from({ length: 9 }, (_, index) => [
          `t${index}`,
          { duration: 1 + (index % 4), needs: { memory: 333_333_330 + index, gpu: index % 3 } },
        ]),
      ),
    });
    const { value } = await solve(large, { schedules: 500 });
    // Three at a time hold the memory: Σ of 9 durations is 21 s.
    assert(value >= 7 && value <= 9, `${value}`);
  });

  it("works on times that are far finer than the plan is long", async () => {
    const description = projectProblem(5, 40);
    for (const [index, task] of Object.values(description.tasks).entries()) {
      task.duration = Number(task.duration) * 1000 + index / 1000;
      if (index % 9 === 0) task.release = index * 77.123;
    }
    const cpu = description.resources.r0;
    assert(cpu);
    cpu.windows = [
      { from: 1000.007, to: 3000.5, capacity: 5 },
      { from: 3000.5, to: 4000, capacity: 0 },
    ];
    const compiled = parseAndCompileProblem(description);
    assert.equal(compiled.timeStep, 0.001);
    const byRule = objectiveValue(compiled, await priority.solve(compiled, {}));
    const { value } = await solve(compiled, { schedules: 1000 });
    assert(value < byRule, `${value}, by rule ${byRule}`);
  });

  it("says what conflicts where resources run out before every task has had them", async () => {
    const compiled = parseAndCompileProblem({
      resources: { gpu: { capacity: 0, windows: [{ from: 0, to: 15, capacity: 1 }] } },
      tasks: { a: { duration: 10, needs: { gpu: 1 } }, b: { duration: 10, needs: { gpu: 1 } } },
    });
    await assert.rejects(async () => genetic.solve(compiled, { schedules: 10 }), { code: "infeasible-plan" });
  });
});

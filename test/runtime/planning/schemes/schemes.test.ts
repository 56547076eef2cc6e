import assert from "node:assert/strict";
import type { CompiledProblem } from "../../../../runtime/planning/compiled-problem.ts";
import { namedSchedule } from "../../../../runtime/planning/named-schedule.ts";
import { objectiveValue } from "../../../../runtime/planning/objective.ts";
import { parseAndCompileProblem } from "../../../../runtime/planning/parse-problem.ts";
import { parallelScheme } from "../../../../runtime/planning/schemes/parallel-scheme.ts";
import { precedenceOrder } from "../../../../runtime/planning/schemes/precedence-order.ts";
import { priorityRules, rankByPriority } from "../../../../runtime/planning/schemes/priority-rules.ts";
import { serialScheme } from "../../../../runtime/planning/schemes/serial-scheme.ts";
import type { CompiledSchedule } from "../../../../runtime/planning/strategies/strategy.ts";
import { verifySchedule } from "../../../../runtime/planning/verify-schedule.ts";
import { bruteForce } from "../brute-force.ts";
import { projectProblem } from "../project-problem.ts";
import { randomProblem } from "../random-problem.ts";

const ranksBy = (compiled: CompiledProblem, rule: keyof typeof priorityRules) =>
  rankByPriority(priorityRules[rule](compiled));

/** For problems with one mode a task, without windows and releases: what is used is summed anew for every step. */
class PlainSchedule {
  readonly starts: number[] = [];
  readonly #compiled: CompiledProblem;

  constructor(compiled: CompiledProblem) {
    this.#compiled = compiled;
  }

  end(task: number): number {
    return (this.starts[task] ?? Number.NaN) + (this.#compiled.modeDurations[task] as number);
  }

  ready(task: number): number {
    const { predecessors, predecessorOffsets } = this.#compiled.graph;
    const before = predecessors.subarray(predecessorOffsets[task], predecessorOffsets[task + 1]);
    return Math.max(0, ...Array.from(before, (predecessor) => this.end(predecessor)));
  }

  fits(task: number, start: number): boolean {
    const { resourceCount, modeDurations, modeNeeds, capacities } = this.#compiled;
    for (let time = start; time < start + (modeDurations[task] as number); time++)
      for (let resource = 0; resource < resourceCount; resource++) {
        let used = modeNeeds[task * resourceCount + resource] as number;
        this.starts.forEach((other, id) => {
          if (other <= time && time < this.end(id))
            used += modeNeeds[id * resourceCount + resource] as number;
        });
        if (used > (capacities[resource]?.amounts[0] as number)) return false;
      }
    return true;
  }
}

function plainSerial(compiled: CompiledProblem, order: Int32Array): number[] {
  const plain = new PlainSchedule(compiled);
  for (const task of order) {
    let start = plain.ready(task);
    while (!plain.fits(task, start)) start++;
    plain.starts[task] = start;
  }
  return plain.starts;
}

function plainParallel(compiled: CompiledProblem, ranks: Int32Array): number[] {
  const plain = new PlainSchedule(compiled);
  const byRank = [...ranks.keys()].sort((a, b) => (ranks[a] as number) - (ranks[b] as number));
  for (let time = 0; Object.keys(plain.starts).length < compiled.taskCount; time++)
    for (const task of byRank)
      if (plain.starts[task] === undefined && plain.ready(task) <= time && plain.fits(task, time))
        plain.starts[task] = time;
  return plain.starts;
}

describe("schedule generation schemes", () => {
  it("make what a plain search step by step makes, in the order of any rule", () => {
    for (let seed = 0; seed < 24; seed++) {
      const compiled = parseAndCompileProblem(projectProblem(seed, 40, 1 + (seed % 5)));
      const rules = Object.keys(priorityRules) as (keyof typeof priorityRules)[];
      const ranks = ranksBy(compiled, rules[seed % rules.length] as keyof typeof priorityRules);
      const order = precedenceOrder(compiled.graph, ranks);
      assert.deepEqual(
        [...(serialScheme(compiled, order)?.starts ?? [])],
        plainSerial(compiled, order),
        `seed ${seed}`,
      );
      assert.deepEqual(
        [...(parallelScheme(compiled, ranks)?.starts ?? [])],
        plainParallel(compiled, ranks),
        `seed ${seed}`,
      );
    }
  });

  it("hold releases, windows and modes, and are never better than the best", () => {
    for (let seed = 0; seed < 300; seed++) {
      const compiled = parseAndCompileProblem(randomProblem(seed, 4));
      const least = bruteForce(compiled);
      const ranks = ranksBy(compiled, seed % 2 === 0 ? "LFT" : "WSPT");
      const made: (CompiledSchedule | undefined)[] = [
        serialScheme(compiled, precedenceOrder(compiled.graph, ranks)),
        parallelScheme(compiled, ranks),
      ];
      for (const schedule of made) {
        assert(schedule, `seed ${seed}`);
        assert.deepEqual(
          verifySchedule(compiled.problem, namedSchedule(compiled, schedule)),
          [],
          `seed ${seed}`,
        );
        assert(objectiveValue(compiled, schedule) >= least - 1e-9, `seed ${seed}`);
      }
    }
  });

  it("say so where a resource runs out before a task has had it", () => {
    const compiled = parseAndCompileProblem({
      resources: { gpu: { capacity: 0, windows: [{ from: 0, to: 15, capacity: 1 }] } },
      tasks: { a: { duration: 10, needs: { gpu: 1 } }, b: { duration: 10, needs: { gpu: 1 } } },
    });
    assert.equal(parallelScheme(compiled, Int32Array.of(0, 1)), undefined);
    assert.equal(serialScheme(compiled, Int32Array.of(0, 1)), undefined);
  });

  it("do without resources, and with tasks that take no time", () => {
    const compiled = parseAndCompileProblem({
      resources: {},
      tasks: {
        a: { duration: 0 },
        b: { duration: 5, predecessors: ["a"] },
        c: { duration: 0, predecessors: ["b"] },
      },
    });
    assert.deepEqual([...(parallelScheme(compiled, Int32Array.of(2, 1, 0))?.starts ?? [])], [0, 0, 1]);
    assert.deepEqual([...(serialScheme(compiled, Int32Array.of(0, 1, 2))?.starts ?? [])], [0, 0, 1]);
  });

  it("hold capacity in a network of thousands of tasks", () => {
    const compiled = parseAndCompileProblem(projectProblem(7, 5000));
    const ranks = ranksBy(compiled, "LST");
    for (const schedule of [
      parallelScheme(compiled, ranks),
      serialScheme(compiled, precedenceOrder(compiled.graph, ranks)),
    ]) {
      assert(schedule);
      assert.deepEqual(verifySchedule(compiled.problem, namedSchedule(compiled, schedule)), []);
    }
  });
});

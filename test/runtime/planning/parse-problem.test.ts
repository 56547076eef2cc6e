import assert from "node:assert/strict";
import { ApiError } from "../../../runtime/errors.ts";
import type { CompiledProblem } from "../../../runtime/planning/compiled-problem.ts";
import { parseAndCompileProblem, parseProblem } from "../../../runtime/planning/parse-problem.ts";

const task = (more: object = {}) => ({ duration: 60, ...more });
const resources = { cpu: { capacity: 4 }, gpu: { capacity: 3 } };

function problemsOf(value: unknown): string[] {
  try {
    parseProblem(value);
  } catch (error) {
    assert(error instanceof ApiError);
    assert.equal(error.status, 400);
    assert.equal(error.code, "invalid-planning-problem");
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

describe("parseProblem", () => {
  it("refuses an empty problem", () => {
    assert.deepEqual(problemsOf({ resources, tasks: {} }), ["tasks: must have at least one task"]);
    assert.deepEqual(problemsOf({}), [
      "resources: is missing: must be given, as record",
      "tasks: is missing: must be given, as record",
    ]);
  });

  it("tells every negative, missing or unknown part with its path", () => {
    const problems = problemsOf({
      resources: { cpu: { capacity: -1 }, gpu: {} },
      tasks: {
        a: task({ weight: -2, needs: { cpu: -1 }, color: "red" }),
        b: task({ exceptionProbability: 2 }),
      },
    });
    assert.deepEqual(problems, [
      "resources.cpu.capacity: must be 0 or more",
      "resources.gpu.capacity: must be a number, 0 or more",
      "tasks.a.needs.cpu: must be 0 or more",
      "tasks.a.weight: must be 0 or more",
      'tasks.a: Unrecognized key: "color"',
      "tasks.b.exceptionProbability: must be from 0 to 1",
    ]);
  });

  it("tells all names that are unknown, all durations and windows that are wrong", () => {
    const problems = problemsOf({
      resources: {
        cpu: {
          capacity: 4,
          windows: [
            { from: 10, to: 5, capacity: 1 },
            { from: 20, to: 40, capacity: 1 },
            { from: 30, to: 50, capacity: 1 },
          ],
        },
      },
      tasks: {
        clean: task({ predecessors: ["trian"] }),
        train: { needs: { cpus: 1 } },
        serve: task({ durations: { 1: 5 } }),
        range: task({ needs: { cpu: { minimum: 3, maximum: 2 } } }),
        levels: { needs: { cpu: { minimum: 1, maximum: 2 } }, durations: { 1: 5, 3: 2 } },
      },
    });
    assert.deepEqual(problems, [
      "resources.cpu.windows.0.to: must be after from, which is 10",
      "resources.cpu.windows.2: overlaps resources.cpu.windows.1, which ends at 40",
      "tasks.clean.predecessors.0: there is no task trian; did you mean train?",
      "tasks.train.duration: is missing: give duration in seconds, durations or modes",
      "tasks.train.needs.cpus: there is no resource cpus; did you mean cpu?",
      "tasks.serve.durations: must not be given together with duration",
      "tasks.range.needs.cpu.maximum: must be at least the minimum, which is 3",
      "tasks.levels.durations.3: must be a level from 1 to 2",
    ]);
  });

  it("prints the path of every cycle", () => {
    const tasks = {
      a: task({ predecessors: ["c"] }),
      b: task({ predecessors: ["a"] }),
      c: task({ predecessors: ["b"] }),
      d: task({ predecessors: ["d", "a"] }),
    };
    assert.deepEqual(problemsOf({ resources, tasks }), [
      "tasks.a.predecessors: tasks wait for each other: a → c → b → a",
      "tasks.d.predecessors: tasks wait for each other: d → d",
    ]);
  });

  it("tells which task needs more than there ever is, of what, and how much there is", () => {
    const tasks = { train: task({ needs: { gpu: 4 } }), serve: task({ needs: { cpu: 4.5 } }) };
    assert.deepEqual(problemsOf({ resources, tasks }), [
      "tasks.train.needs.gpu: task train needs 4 of gpu, of which there are never more than 3",
      "tasks.serve.needs.cpu: task serve needs 4.5 of cpu, of which there are never more than 4",
    ]);
    const windowed = { gpu: { capacity: 0, windows: [{ from: 0, to: 50, capacity: 4 }] } };
    assert.deepEqual(problemsOf({ resources: windowed, tasks: { train: task({ needs: { gpu: 4 } }) } }), [
      "tasks.train: no window of gpu is long enough and large enough for task train after the tasks it waits for",
    ]);
  });

  it("refuses a deadline before the critical path and prints that path", () => {
    const tasks = {
      clean: task({ release: 30 }),
      train: task({ predecessors: ["clean"] }),
      serve: task({ predecessors: ["train"], deadline: 200 }),
    };
    assert.deepEqual(problemsOf({ resources, tasks }), [
      "tasks.serve.deadline: is 200 s, but the critical path clean → train → serve ends at 210 s at the earliest",
    ]);
  });
});

describe("compileProblem", () => {
  const needsOf = (compiled: CompiledProblem, mode: number) =>
    Array.from(
      compiled.unitSizes,
      (unit, resource) => (compiled.modeNeeds[mode * compiled.resourceCount + resource] as number) * unit,
    );

  it("takes the longest step and the largest units that hold every number", () => {
    const compiled = parseAndCompileProblem({
      resources: { cpu: { capacity: 4 }, memory: { capacity: 16 * 2 ** 30 } },
      tasks: {
        a: { duration: 7200, needs: { cpu: 0.5, memory: 4 * 2 ** 30 } },
        b: {
          duration: { expected: 3600, p90: 5000 },
          needs: { cpu: 1.5 },
          predecessors: ["a"],
          release: 1800,
        },
      },
    });
    assert.equal(compiled.timeStep, 1800);
    assert.deepEqual([...compiled.modeDurations], [4, 2]);
    assert.deepEqual([...compiled.unitSizes], [0.5, 4 * 2 ** 30]);
    assert.deepEqual(needsOf(compiled, 0), [0.5, 4 * 2 ** 30]);
    assert.deepEqual([...compiled.releases], [0, 1]);
  });

  it("keeps the levels of a range that may be of use, the fastest first", () => {
    const compiled = parseAndCompileProblem({
      resources,
      tasks: {
        levels: { needs: { gpu: { minimum: 1, maximum: 3 } }, durations: { 1: 90, 2: 60, 3: 60 } },
        range: { duration: 60, needs: { gpu: { minimum: 2, maximum: 3 } } },
      },
    });
    assert.deepEqual([...compiled.modeOffsets], [0, 2, 3]);
    assert.deepEqual([...compiled.modeDurations], [2, 3, 2]);
    assert.deepEqual([...compiled.modePlaces], [1, 0, 0]);
    assert.deepEqual(needsOf(compiled, 0), [0, 2]);
    assert.deepEqual(needsOf(compiled, 2), [0, 2]);
  });

  it("follows windows of capacity, and rounds times so that a plan stays possible", () => {
    const { capacities, modeDurations, timeStep } = parseAndCompileProblem({
      resources: {
        cpu: {
          capacity: 4,
          windows: [
            { from: 20, to: 30, capacity: 2 },
            { from: 10, to: 20, capacity: 0 },
            { from: 0.0005, to: 1, capacity: 6 },
          ],
        },
      },
      tasks: { a: { duration: 0.0123456 } },
    });
    assert.equal(timeStep, 0.001);
    assert.deepEqual([...modeDurations], [13]);
    assert.deepEqual([...(capacities[0]?.times ?? [])], [0, 1, 1000, 10_000, 20_000, 30_000]);
    assert.deepEqual([...(capacities[0]?.amounts ?? [])], [2, 3, 2, 0, 1, 2]);
  });
});

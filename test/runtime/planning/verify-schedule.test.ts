import assert from "node:assert/strict";
import type { PlanningProblem } from "../../../runtime/planning/problem.ts";
import { verifySchedule } from "../../../runtime/planning/verify-schedule.ts";

const problem: PlanningProblem = {
  resources: { cpu: { capacity: 3, windows: [{ from: 100, to: 200, capacity: 1 }] } },
  tasks: {
    a: { duration: 60, needs: { cpu: 2 } },
    b: { duration: 40, needs: { cpu: { minimum: 1, maximum: 2 } }, release: 10 },
    c: {
      modes: [
        { duration: 10, needs: {} },
        { duration: 30, needs: { cpu: 2 } },
      ],
      predecessors: ["a", "b"],
    },
  },
};
const modes = { a: 0, b: 0, c: 1 };
const found = (starts: Record<string, number>, chosen: Record<string, number> = modes) =>
  verifySchedule(problem, { starts, modes: chosen }).map(({ path, message }) => `${path}: ${message}`);

describe("verifySchedule", () => {
  it("finds nothing wrong where tasks touch each other and the ends of windows", () => {
    assert.deepEqual(found({ a: 0, b: 10, c: 60 }), []);
    assert.deepEqual(found({ a: 0, b: 60, c: 200 }), []);
    assert.deepEqual(found({ a: 0, b: 150, c: 200 }), []);
  });

  it("finds a start before the release, or before a predecessor ends", () => {
    assert.deepEqual(found({ a: 0, b: 9, c: 59 }, { ...modes, c: 0 }), [
      "starts.b: 9 is before its release 10",
      "starts.c: 59 is before its predecessor a ends, at 60",
    ]);
  });

  it("finds too much use of a resource, within windows, too", () => {
    assert.deepEqual(found({ a: 0, b: 10, c: 90 }), [
      "resources.cpu: 2 of it are used from 100 s on, where there are 1",
    ]);
    assert.deepEqual(found({ a: 300, b: 330, c: 400 }), []);
    const both = { ...problem, tasks: { ...problem.tasks, d: { duration: 1, needs: { cpu: 2 } } } };
    const [first] = verifySchedule(both, {
      starts: { a: 300, b: 10, c: 400, d: 330 },
      modes: { ...modes, d: 0 },
    });
    assert.match(first?.message ?? "", /^4 of it are used from 330 s on, where there are 3$/);
  });

  it("finds starts and modes that are missing or do not exist", () => {
    assert.deepEqual(found({ a: 0, b: Number.NaN }, { a: 1, b: 0, c: 0 }), [
      "modes.a: must be from 0 to 0, not 1",
      "starts.b: must be seconds of 0 or more, not NaN",
      "starts.c: must be seconds of 0 or more, not undefined",
    ]);
  });
});

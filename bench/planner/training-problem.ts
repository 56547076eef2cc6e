import type { PlanningProblem } from "../../runtime/planning/problem.ts";
import { Random } from "../../runtime/planning/random.ts";

/**
 * A project to learn from, in the manner of PSPLIB's and none of them: 20 to 60 tasks of 1 to 10 s, one to three
 * predecessors each, four resources, of which few or many tasks need one, and which are scarce or plenty.
 */
export function trainingProblem(seed: number): PlanningProblem {
  const random = new Random(seed);
  const whole = (from: number, to: number) => from + random.below(to - from + 1);
  const taskCount = whole(20, 60);
  const usedBy = 0.4 + 0.6 * random.next();
  const plenty = 10 + whole(0, 12);
  const reach = whole(4, 15);
  const resourceNames = ["R1", "R2", "R3", "R4"];
  const tasks: PlanningProblem["tasks"] = {};
  for (let index = 0; index < taskCount; index++) {
    const predecessors = new Set<string>();
    for (let count = whole(index < 3 ? 0 : 1, 3); count > 0 && index > 0; count--)
      predecessors.add(`t${whole(Math.max(0, index - reach), index - 1)}`);
    const needs = resourceNames.filter(() => random.next() < usedBy).map((name) => [name, whole(1, 10)]);
    tasks[`t${index}`] = {
      duration: whole(1, 10),
      needs: Object.fromEntries(needs),
      predecessors: [...predecessors],
    };
  }
  const resources = Object.fromEntries(
    resourceNames.map((name) => [name, { capacity: plenty + whole(0, 5) }]),
  );
  return { resources, tasks };
}

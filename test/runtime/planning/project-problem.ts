import type { PlanningProblem } from "../../../runtime/planning/problem.ts";
import { seededRandom } from "./random-problem.ts";

/** A project as the literature has them: one mode a task, constant capacities, up to three predecessors a task. */
export function projectProblem(seed: number, taskCount: number, resourceCount = 4): PlanningProblem {
  const random = seededRandom(seed);
  const whole = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const resourceNames = Array.from({ length: resourceCount }, (_, index) => `r${index}`);
  const tasks = Array.from({ length: taskCount }, (_, index) => {
    const count = Math.min(index, whole(0, 3));
    const predecessors = new Set(
      Array.from({ length: count }, () => `t${whole(Math.max(0, index - 12), index - 1)}`),
    );
    const needs = resourceNames.filter(() => random() < 0.5).map((name) => [name, whole(1, 10)]);
    return [
      `t${index}`,
      {
        duration: whole(1, 10),
        needs: Object.fromEntries(needs),
        weight: whole(0, 5),
        predecessors: [...predecessors],
      },
    ];
  });
  return {
    resources: Object.fromEntries(resourceNames.map((name) => [name, { capacity: whole(10, 25) }])),
    tasks: Object.fromEntries(tasks),
  };
}

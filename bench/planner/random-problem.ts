import type { PlanningProblem } from "../../runtime/planning/problem.ts";
import { Random } from "../../runtime/planning/random.ts";

/** How much there is: for about 60 tasks at a time, or for about 3 of them. */
export const NETWORKS = { usual: 60, scarce: 3 } as const;

export type Network = keyof typeof NETWORKS;

const RESOURCES = 4;
const MEAN_NEED = 5.5;

/**
 * A large problem: `taskCount` tasks of 1 to 100 s, three predecessors each, drawn half from the 200 tasks before it
 * and half from all, each needing 1 to 10 of two of four resources.
 */
export function randomProblem(taskCount: number, network: Network, seed: number): PlanningProblem {
  const random = new Random(seed);
  const tasks: PlanningProblem["tasks"] = {};
  // Each task needs two of the four.
  const capacity = Math.max(10, Math.round((NETWORKS[network] * MEAN_NEED * 2) / RESOURCES));
  for (let task = 0; task < taskCount; task++) {
    const predecessors = new Set<string>();
    while (predecessors.size < Math.min(3, task)) {
      const back = random.below(2) === 0 ? 1 + random.below(Math.min(200, task)) : 1 + random.below(task);
      predecessors.add(`t${task - back}`);
    }
    const first = random.below(RESOURCES);
    const second = (first + 1 + random.below(RESOURCES - 1)) % RESOURCES;
    tasks[`t${task}`] = {
      duration: 1 + random.below(100),
      needs: { [`R${first}`]: 1 + random.below(10), [`R${second}`]: 1 + random.below(10) },
      weight: 1 + random.below(10),
      predecessors: [...predecessors],
    };
  }
  const resources = Object.fromEntries(
    Array.from({ length: RESOURCES }, (_, id) => [`R${id}`, { capacity }]),
  );
  return { resources, tasks };
}

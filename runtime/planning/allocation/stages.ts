import { invalidInput } from "../../errors.ts";
import type { AllocationProblem } from "./allocation.ts";

/**
 * Tasks that run at the same time, stage by stage.
 * @throws ApiError `invalid-allocation` (400) where the predecessors form a cycle, with its path
 */
export function stagesOf({ tasks, order }: AllocationProblem): string[][] {
  const names = Object.keys(tasks);
  if (order === "together") return [names];
  if (order === "chain") return names.map((name) => [name]);
  const depths = new Map<string, number>();
  const stages: string[][] = [];
  for (const name of names) {
    const depth = depthOf(name, tasks, depths, []);
    while (stages.length <= depth) stages.push([]);
    stages[depth]?.push(name);
  }
  return stages;
}

function depthOf(
  name: string,
  tasks: AllocationProblem["tasks"],
  depths: Map<string, number>,
  path: readonly string[],
): number {
  const known = depths.get(name);
  if (known !== undefined) return known;
  if (path.includes(name))
    throw invalidInput(
      "invalid-allocation",
      [
        {
          path: `tasks.${name}.predecessors`,
          message: `form a cycle: ${[...path.slice(path.indexOf(name)), name].join(" → ")}`,
        },
      ],
      "allocation problem",
    );
  const before = (tasks[name]?.predecessors ?? []).map((each) =>
    depthOf(each, tasks, depths, [...path, name]),
  );
  const depth = Math.max(-1, ...before) + 1;
  depths.set(name, depth);
  return depth;
}

import type { z } from "zod";
import { invalidInput, type Problem } from "../../errors.ts";
import { nearestName } from "../../nearest-name.ts";
import { type AllocationProblem, allocationSchema } from "./allocation.ts";

/** @throws ApiError `invalid-allocation` (400) with every problem found */
export function parseAllocation(value: unknown): AllocationProblem {
  const parsed = allocationSchema.safeParse(value);
  const problems = parsed.success ? referenceProblems(parsed.data) : parsed.error.issues.map(toProblem);
  if (!parsed.success || problems.length > 0)
    throw invalidInput("invalid-allocation", problems, "allocation problem");
  return parsed.data;
}

function toProblem({ path, message }: z.core.$ZodIssue): Problem {
  return { path: path.join("."), message };
}

function referenceProblems({ resources, tasks, order }: AllocationProblem): Problem[] {
  const problems: Problem[] = [];
  const check = (path: string, name: string, what: "resource" | "task", known: object) => {
    if (name in known) return;
    const meant = nearestName(name, Object.keys(known));
    problems.push({
      path,
      message: `there is no ${what} "${name}"${meant ? `, did you mean "${meant}"?` : ""}`,
    });
  };
  for (const [name, task] of Object.entries(tasks)) {
    const path = `tasks.${name}`;
    for (const resource of task.resources ?? []) check(`${path}.resources`, resource, "resource", resources);
    for (const resource of Object.keys(task.unitCosts ?? {}))
      check(`${path}.unitCosts`, resource, "resource", resources);
    for (const predecessor of task.predecessors ?? [])
      check(`${path}.predecessors`, predecessor, "task", tasks);
    if (task.maximum !== undefined && task.maximum < task.demand)
      problems.push({
        path: `${path}.maximum`,
        message: `${task.maximum} is below the demand of ${task.demand}`,
      });
    if (task.predecessors !== undefined && order !== "dependencies")
      problems.push({ path: `${path}.predecessors`, message: `has no meaning with "order: ${order}"` });
  }
  return problems;
}

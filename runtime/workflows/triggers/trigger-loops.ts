import type { Problem } from "../../errors.ts";
import type { Workflow } from "../workflow.ts";

/**
 * Ways in which workflows would start each other without end once this one is put: a run's end starts another
 * workflow's run by its trigger, and that run, by its end or by a sub-workflow, leads to the first workflow again.
 * @param others the current version of every workflow; one of the same name is replaced by this one
 */
export function triggerLoops(workflow: Workflow, others: Workflow[]): Problem[] {
  const all = new Map([...others, workflow].map((one) => [one.name, one]));
  const found = [...all.values()].flatMap((one) =>
    one.triggers.flatMap((trigger, index): Problem[] => {
      const ended = trigger.workflow?.name;
      const path = ended === undefined ? undefined : pathBetween(one.name, ended, all);
      if (path === undefined || !path.includes(workflow.name)) return [];
      const message = `the workflows would start each other without end: ${[...path, one.name].join(" -> ")}`;
      const isOwn = one.name === workflow.name;
      return [{ path: isOwn ? `triggers[${index}].workflow.name` : "tasks", message }];
    }),
  );
  // The same loop is found at each of its triggers; the workflow's own says most.
  const own = found.filter(({ path }) => path !== "tasks");
  return own.length > 0 ? own : found;
}

/** Workflows, each of which the one before it starts. */
function pathBetween(from: string, to: string, all: Map<string, Workflow>): string[] | undefined {
  const open: string[][] = [[from]];
  const known = new Set([from]);
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    const last = path.at(-1) as string;
    if (last === to) return path;
    for (const next of startedBy(last, all)) {
      if (known.has(next)) continue;
      known.add(next);
      open.push([...path, next]);
    }
  }
  return undefined;
}

/** What a run of a workflow starts, by its end or by its tasks. */
function startedBy(name: string, all: Map<string, Workflow>): string[] {
  const byEnd = [...all.values()].filter(({ triggers }) =>
    triggers.some(({ workflow }) => workflow?.name === name),
  );
  const byTasks = Object.values(all.get(name)?.tasks ?? {}).flatMap((task) =>
    task.uses === "workflow" && typeof task.with.workflow === "string" ? task.with.workflow : [],
  );
  return [...byEnd.map((one) => one.name), ...byTasks];
}

import type { Problem } from "../../errors.ts";
import type { Workflow } from "../workflow.ts";

/**
 * Triggers of a workflow that would make workflows start each other without end: a run's end starts another workflow's
 * run, whose end, or whose sub-workflow's end, starts the first one again.
 * @param others the current version of every workflow; one of the same name is replaced by this one
 */
export function triggerLoops(workflow: Workflow, others: Workflow[]): Problem[] {
  const all = new Map([...others, workflow].map((one) => [one.name, one]));
  return workflow.triggers.flatMap((trigger, index) => {
    const started = trigger.workflow?.name;
    if (started === undefined) return [];
    const path = pathTo(started, workflow.name, all);
    if (path === undefined) return [];
    return [
      {
        path: `triggers[${index}].workflow.name`,
        message: `the workflows would start each other without end: ${[...path, workflow.name].join(" -> ")}`,
      },
    ];
  });
}

/** Workflows from `from` on, each of which the one before it starts, that lead to `to`. */
function pathTo(to: string, from: string, all: Map<string, Workflow>): string[] | undefined {
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

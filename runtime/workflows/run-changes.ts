import { setTimeout as delay } from "node:timers/promises";
import { isFinal, type Run, type TaskRun } from "./run.ts";

/**
 * One change of a run. A client that saw it and those before it goes on with `after: id`. That more items of a task have
 * ended has the id of the change before it.
 */
export type RunChange = { id: number } & (
  | { event: "task"; data: Omit<TaskRun, "inputs" | "outputs"> }
  /** The last one is that of the run's end. */
  | { event: "run"; data: Omit<Run, "tasks" | "inputs"> }
);

export interface WatchRunOptions {
  /** Id of the last change that is known. Default: none. */
  after?: number | undefined;
  signal?: AbortSignal | undefined;
  /** How often the run is looked at. Default 250. */
  intervalMilliseconds?: number;
}

/**
 * The states of a run and its tasks from now on, until the run ends: of what changed more than once between two looks
 * only the newest state. First comes what changed after `after`, or all there is.
 */
export async function* watchRun(
  read: () => Promise<Run>,
  options: WatchRunOptions = {},
): AsyncGenerator<RunChange> {
  const { after, signal, intervalMilliseconds = 250 } = options;
  let known = after ?? -1;
  const told = new Map<string, number>();
  for (let state: string | undefined; ; ) {
    const run = await read();
    for (const task of changedAfter(run, known, told)) yield task;
    known = Math.max(known, latest(run));
    if (run.state !== state) yield runChange(run);
    state = run.state;
    if (isFinal(run.state)) return;
    try {
      await delay(intervalMilliseconds, undefined, { signal });
    } catch {
      return;
    }
  }
}

/** Whether nothing can come after a change: it is that of the run's end. */
export function isLastChange(run: Run, id: number): boolean {
  return isFinal(run.state) && id >= runChange(run).id;
}

/** @param told how many items of each task had ended when it was last told of; brought up to date */
function changedAfter({ tasks }: Run, known: number, told: Map<string, number>): RunChange[] {
  const changed = tasks.filter((task) => {
    const isFurther = task.state === "running" && endedItems(task) > (told.get(task.name) ?? 0);
    return (task.sequence ?? 0) > known || isFurther;
  });
  for (const task of changed) told.set(task.name, endedItems(task));
  return changed
    .map(({ inputs: _inputs, outputs: _outputs, ...data }) => ({
      id: Math.max(data.sequence ?? 0, known),
      event: "task" as const,
      data,
    }))
    .sort((a, b) => a.id - b.id);
}

function endedItems({ items }: TaskRun): number {
  return items === undefined ? 0 : items.succeeded + items.failed;
}

function runChange(run: Run): RunChange {
  const { tasks: _tasks, inputs: _inputs, ...data } = run;
  return { id: latest(run) + (isFinal(run.state) ? 1 : 0), event: "run", data };
}

function latest({ tasks }: Run): number {
  return Math.max(0, ...tasks.map(({ sequence = 0 }) => sequence));
}

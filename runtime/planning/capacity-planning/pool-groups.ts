import type { PlanningProblem, TaskDescription } from "../problem.ts";
import { type TaskMode, taskModes } from "../task-modes.ts";
import type { Offer } from "./capacity-request.ts";

/** Resources that nodes bring; all others stay as a problem says. */
const ofNodes = (resource: string) =>
  resource === "cpu" || resource === "memory" || resource === "gpu" || resource.startsWith("gpu/");

/** The pool that a task runs in: by the accelerator it names, for any GPU, or without one; undefined: it needs no node. */
export function groupOf(task: TaskDescription): string | undefined {
  const needed = taskModes(task).flatMap(({ needs }) =>
    Object.keys(needs).filter((name) => (needs[name] ?? 0) > 0),
  );
  const typed = needed.find((name) => name.startsWith("gpu/"));
  if (typed !== undefined) return typed;
  if (needed.includes("gpu")) return "gpu";
  return needed.some(ofNodes) ? "cpu" : undefined;
}

export function groupsOf(problems: readonly PlanningProblem[]): string[] {
  const groups = problems.flatMap(({ tasks }) => Object.values(tasks).map(groupOf));
  return [...new Set(groups)].filter((group) => group !== undefined).sort();
}

/** Whether nodes of an offer are of the kind that a group runs on, whatever their size. */
export function isKindOf(group: string, { accelerator, acceleratorCount }: Offer): boolean {
  if (group === "cpu") return accelerator === undefined;
  if (accelerator === undefined || acceleratorCount < 1) return false;
  return group === "gpu" || group === `gpu/${accelerator}`;
}

/** Whether one node holds what the mode needs: a task runs on one node. */
export function fitsOn(mode: TaskMode, { vcpus, memoryGib, acceleratorCount }: Offer): boolean {
  const { needs } = mode;
  return (needs.cpu ?? 0) <= vcpus && (needs.memory ?? 0) <= memoryGib && gpusOf(mode) <= acceleratorCount;
}

/** Of any kind, or of the one that it names. */
function gpusOf({ needs }: TaskMode): number {
  const typed = Object.entries(needs).filter(([name]) => name.startsWith("gpu/"));
  return Math.max(needs.gpu ?? 0, ...typed.map(([, count]) => count));
}

/** What would be needed of the group's nodes at least, for messages. */
export function largestTask(group: string, problems: readonly PlanningProblem[]): string {
  const least = { cpu: 0, memory: 0, gpu: 0 };
  for (const { tasks } of problems)
    for (const task of Object.values(tasks)) {
      if (groupOf(task) !== group) continue;
      const modes = taskModes(task);
      const leastOf = (of: (mode: TaskMode) => number) => Math.min(...modes.map(of));
      least.cpu = Math.max(
        least.cpu,
        leastOf(({ needs }) => needs.cpu ?? 0),
      );
      least.memory = Math.max(
        least.memory,
        leastOf(({ needs }) => needs.memory ?? 0),
      );
      least.gpu = Math.max(least.gpu, leastOf(gpusOf));
    }
  return `${least.cpu} cores, ${least.memory} GiB and ${least.gpu} GPUs on one node`;
}

/**
 * The problem on given pools: needs of what nodes bring become needs of the task's pool; ways that no single node can
 * hold are left out.
 * @returns undefined where a task has no way left
 */
export function problemOnPools(
  problem: PlanningProblem,
  pools: ReadonlyMap<string, { offer: Offer; nodes: number }>,
): PlanningProblem | undefined {
  const resources = Object.fromEntries(Object.entries(problem.resources).filter(([name]) => !ofNodes(name)));
  for (const [group, { offer, nodes }] of pools) {
    resources[`${group}/cores`] = { capacity: nodes * offer.vcpus };
    resources[`${group}/gibibytes`] = { capacity: nodes * offer.memoryGib };
    if (offer.acceleratorCount > 0) resources[`${group}/gpus`] = { capacity: nodes * offer.acceleratorCount };
  }
  const tasks: Record<string, TaskDescription> = {};
  for (const [name, task] of Object.entries(problem.tasks)) {
    const group = groupOf(task);
    const pool = group === undefined ? undefined : pools.get(group);
    if (group !== undefined && pool === undefined) return undefined;
    const modes = taskModes(task).filter((mode) => pool === undefined || fitsOn(mode, pool.offer));
    if (modes.length === 0) return undefined;
    const { needs: _needs, duration: _duration, durations: _durations, deadline: _deadline, ...rest } = task;
    tasks[name] = { ...rest, modes: modes.map((mode) => ({ ...mode, needs: needsOnPool(mode, group) })) };
  }
  return { resources, tasks, objective: { makespan: 1 } };
}

function needsOnPool({ needs }: TaskMode, group: string | undefined): Record<string, number> {
  const others = Object.entries(needs).filter(([name]) => !ofNodes(name));
  if (group === undefined) return Object.fromEntries(others);
  const gpus = needs[group] ?? needs.gpu ?? 0;
  return Object.fromEntries([
    ...others,
    ...(needs.cpu ? [[`${group}/cores`, needs.cpu]] : []),
    ...(needs.memory ? [[`${group}/gibibytes`, needs.memory]] : []),
    ...(group === "cpu" || gpus === 0 ? [] : [[`${group}/gpus`, gpus]]),
  ]);
}

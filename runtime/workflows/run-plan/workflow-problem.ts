import type {
  DurationDescription,
  PlanningProblem,
  ResourceDescription,
  TaskDescription,
} from "../../planning/problem.ts";
import { expectedSeconds } from "../../planning/task-modes.ts";
import type { PoolAmounts } from "../admission/amounts.ts";
import type { AmountRange, Resources } from "../resources.ts";
import { taskTypes } from "../task-types/task-types.ts";
import type { Task, Workflow } from "../workflow.ts";

/** Seconds that a task is taken to last of which nothing is known. */
export const assumedSeconds = 60;
const gibibyte = 2 ** 30;

export interface WorkflowProblemOptions {
  /** What tasks share. */
  capacity: PoolAmounts;
  /** Task → how long it is expected to take, where more is known than the file says. */
  durations?: ReadonlyMap<string, DurationDescription>;
  /** Only these tasks; what they wait for beside them and `running` has ended. Default: all. */
  only?: ReadonlySet<string>;
  /** Task that runs already → seconds since it started: it holds what it needs until its expected end. */
  running?: ReadonlyMap<string, number>;
  /** Seconds since the run's start; its deadlines are counted from there. Default 0. */
  elapsed?: number;
}

/**
 * The tasks of a workflow as a planning problem. Memory and storage are counted in GiB. A GPU of a certain type is one
 * of all GPUs as well. Tasks of a run at the same time are a resource, too: the workflow's `concurrency`.
 */
export function workflowProblem(workflow: Workflow, options: WorkflowProblemOptions): PlanningProblem {
  const { capacity, only } = options;
  const resources: Record<string, ResourceDescription> = {
    concurrency: { capacity: workflow.concurrency },
    ...capacities(capacity),
  };
  const names = workflow.order.filter((name) => only?.has(name) ?? true);
  const tasks = names.map((name) => [name, describeTask(workflow, name, options, resources)]);
  hold(resources, workflow, options);
  const values = names.map((name) => workflow.tasks[name] as Task);
  const isWeighted = values.some((task) => task.weight !== 1 || task.exceptionCost !== undefined);
  return {
    resources,
    tasks: Object.fromEntries(tasks),
    objective: isWeighted ? { weightedCompletion: 1, exceptionCost: 1 } : { makespan: 1 },
  };
}

function capacities({ cpu, memory, storage, network, gpus }: PoolAmounts) {
  const total = Object.values(gpus).reduce((sum, count) => sum + count, 0);
  const all: Record<string, ResourceDescription> = {
    ...(cpu !== undefined && { cpu: { capacity: cpu, unit: "cores" } }),
    ...(memory !== undefined && { memory: { capacity: memory / gibibyte, unit: "GiB" } }),
    ...(storage !== undefined && { storage: { capacity: storage / gibibyte, unit: "GiB" } }),
    ...(network !== undefined && { network: { capacity: network, unit: "Mbit/s" } }),
    gpu: { capacity: total },
  };
  for (const [type, count] of Object.entries(gpus)) all[`gpu/${type}`] = { capacity: count };
  return all;
}

function describeTask(
  workflow: Workflow,
  name: string,
  options: WorkflowProblemOptions,
  resources: Record<string, ResourceDescription>,
): TaskDescription {
  const { durations, only, running, elapsed = 0 } = options;
  const task = workflow.tasks[name] as Task;
  const isLast = !Object.values(workflow.dependencies).some((before) => before.includes(name));
  const deadline = Math.min(
    task.deadline ?? Number.POSITIVE_INFINITY,
    isLast ? (workflow.deadline ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY,
  );
  const predecessors = (workflow.dependencies[name] ?? []).filter((before) => only?.has(before) ?? true);
  const release = Math.max(
    0,
    ...(workflow.dependencies[name] ?? [])
      .filter((before) => running?.has(before))
      .map((before) => remaining(workflow, before, options)),
  );
  return {
    duration: durations?.get(name) ?? task.duration ?? assumedSeconds,
    needs: heldBy(task, resources),
    weight: task.weight,
    ...(Number.isFinite(deadline) && { deadline: Math.max(0, deadline - elapsed) }),
    ...(release > 0 && { release }),
    ...(task.exceptionCost !== undefined && { exceptionCost: task.exceptionCost }),
    ...(task.exceptionProbability !== undefined && { exceptionProbability: task.exceptionProbability }),
    ...(predecessors.length > 0 && { predecessors }),
  };
}

/** Seconds that a running task is still expected to run. */
function remaining(workflow: Workflow, name: string, { durations, running }: WorkflowProblemOptions): number {
  const expected = expectedSeconds(durations?.get(name) ?? workflow.tasks[name]?.duration ?? assumedSeconds);
  // It may end at any moment: what it holds is counted on only afterwards.
  return Math.max(1, expected - (running?.get(name) ?? 0));
}

function heldBy(
  task: Task,
  resources: Record<string, ResourceDescription>,
): NonNullable<TaskDescription["needs"]> {
  // Whoever waits for a person, a time or another run holds no place among the running tasks.
  const { kind } = taskTypes.get(task.uses) ?? { kind: "step" };
  const takesTurn = kind === "step" || kind === "composite";
  return { ...(takesTurn ? { concurrency: 1 } : {}), ...needsOf(task.resources, resources) };
}

/** What running tasks hold is missing until each one's end. */
function hold(
  resources: Record<string, ResourceDescription>,
  workflow: Workflow,
  options: WorkflowProblemOptions,
): void {
  const holders = [...(options.running?.keys() ?? [])].map((name) => ({
    until: remaining(workflow, name, options),
    needs: heldBy(workflow.tasks[name] as Task, resources),
  }));
  for (const [name, resource] of Object.entries(resources)) {
    const held = holders
      .map(({ until, needs }) => ({ until, amount: least(needs[name]) }))
      .filter(({ amount }) => amount > 0);
    const ends = [...new Set(held.map(({ until }) => until))].sort((left, right) => left - right);
    if (ends.length === 0) continue;
    const windows = ends.map((to, index) => {
      const still = held.filter(({ until }) => until >= to).reduce((sum, { amount }) => sum + amount, 0);
      return { from: ends[index - 1] ?? 0, to, capacity: Math.max(0, resource.capacity - still) };
    });
    resources[name] = { ...resource, windows };
  }
}

function least(need: number | AmountRange | undefined): number {
  return typeof need === "object" ? need.minimum : (need ?? 0);
}

function needsOf(
  wanted: Resources | undefined,
  resources: Record<string, ResourceDescription>,
): NonNullable<TaskDescription["needs"]> {
  // A pool of its own has a capacity of its own, which is not known here.
  if (wanted === undefined || wanted.pool !== undefined) return {};
  const { cpu, memory, storage, network, gpu, gpuType } = wanted;
  const all: Record<string, AmountRange | undefined> = {
    cpu,
    memory: scaled(memory),
    storage: scaled(storage),
    network,
    gpu,
    ...(gpuType !== undefined && { [`gpu/${gpuType}`]: gpu }),
  };
  const known = Object.entries(all).filter(
    ([name, range]) => range !== undefined && (name in resources || name.startsWith("gpu/")),
  );
  for (const [name] of known) if (!(name in resources)) resources[name] = { capacity: 0 };
  return Object.fromEntries(known.map(([name, range]) => [name, simple(range as AmountRange)]));
}

function scaled(range: AmountRange | undefined): AmountRange | undefined {
  if (range === undefined) return undefined;
  return { minimum: range.minimum / gibibyte, maximum: range.maximum / gibibyte };
}

function simple({ minimum, maximum }: AmountRange): number | AmountRange {
  return minimum === maximum ? minimum : { minimum, maximum };
}

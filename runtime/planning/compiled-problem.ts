import { type CompiledCapacity, compileCapacity } from "./compiled-capacity.ts";
import { createPrecedenceGraph, type PrecedenceGraph, topologicalOrder } from "./precedence-graph.ts";
import type { Objective, PlanningProblem } from "./problem.ts";
import { type TaskMode, taskModes } from "./task-modes.ts";
import { amountUnit, timeStep, toSteps, toUnits } from "./units.ts";

/**
 * A problem as strategies work on it: tasks and resources are numbers from 0 on, in the order of their description,
 * times are whole steps of `timeStep` seconds and amounts are whole units of `unitSizes`, so that no sum is rounded.
 */
export interface CompiledProblem {
  readonly problem: PlanningProblem;
  readonly taskNames: readonly string[];
  readonly resourceNames: readonly string[];
  readonly taskCount: number;
  readonly resourceCount: number;
  /** Seconds of one step. */
  readonly timeStep: number;
  readonly graph: PrecedenceGraph;
  /** All tasks, each after its predecessors. */
  readonly topologicalOrder: Int32Array;
  /** The modes of task i are modeOffsets[i] to modeOffsets[i + 1], the shortest first. */
  readonly modeOffsets: Int32Array;
  /** Mode → steps. */
  readonly modeDurations: Float64Array;
  /** Mode × resource → units: what mode m needs of resource r is at m × resourceCount + r. */
  readonly modeNeeds: Int32Array;
  /** Mode → its place among the modes of its description (taskModes). */
  readonly modePlaces: Int32Array;
  /** Resource → units there are over time. */
  readonly capacities: readonly CompiledCapacity[];
  /** Resource → how much of it one unit is. */
  readonly unitSizes: Float64Array;
  /** Task → step before which it does not start. */
  readonly releases: Float64Array;
  /** Task → step by which it should have ended; Infinity where there is none. */
  readonly deadlines: Float64Array;
  readonly weights: Float64Array;
  readonly exceptionCosts: Float64Array;
  readonly exceptionProbabilities: Float64Array;
  /** Resource → money for one unit (of unitSizes) during one step. */
  readonly prices: Float64Array;
  /** Every part's factor; 0 where it does not count. */
  readonly objective: Required<{ [part in keyof Objective]: number }>;
}

/** @param problem one that parseProblem has checked, without cycles and unknown names */
export function compileProblem(problem: PlanningProblem): CompiledProblem {
  const taskNames = Object.keys(problem.tasks);
  const tasks = Object.values(problem.tasks);
  const resourceNames = Object.keys(problem.resources);
  const resources = Object.values(problem.resources);
  const ids = new Map(taskNames.map((name, id) => [name, id]));
  const graph = createPrecedenceGraph(
    tasks.map(({ predecessors = [] }) => predecessors.map((name) => ids.get(name) as number)),
  );
  const modesOf = tasks.map(taskModes);
  const step = timeStep(timesOf(problem, modesOf));
  const unitSizes = Float64Array.from(resourceNames, (name, resource) =>
    amountUnit(amountsOf(problem, modesOf, name, resource)),
  );
  const capacities = resources.map((resource, index) =>
    compileCapacity(resource, step, unitSizes[index] as number),
  );
  const most = capacities.map(({ amounts }) => amounts.reduce((a, b) => Math.max(a, b)));
  const modes = compileModes(modesOf, resourceNames, unitSizes, step, most);
  const values = (of: (task: (typeof tasks)[number]) => number) => Float64Array.from(tasks, of);
  return {
    problem,
    taskNames,
    resourceNames,
    taskCount: taskNames.length,
    resourceCount: resourceNames.length,
    timeStep: step,
    graph,
    topologicalOrder: topologicalOrder(graph),
    ...modes,
    capacities,
    unitSizes,
    releases: values(({ release = 0 }) => toSteps(release, step, "up")),
    deadlines: values(({ deadline }) =>
      deadline === undefined ? Number.POSITIVE_INFINITY : toSteps(deadline, step, "down"),
    ),
    weights: values(({ weight = 1 }) => weight),
    exceptionCosts: values(({ exceptionCost = 0 }) => exceptionCost),
    exceptionProbabilities: values(({ exceptionProbability = 0 }) => exceptionProbability),
    prices: Float64Array.from(
      resources,
      ({ price = 0 }, resource) => (price * (unitSizes[resource] as number) * step) / 3600,
    ),
    objective: compileObjective(problem.objective),
  };
}

function compileObjective(objective: Objective | undefined): CompiledProblem["objective"] {
  const { makespan = 0, weightedCompletion = 0, exceptionCost = 0, money = 0 } = objective ?? { makespan: 1 };
  return { makespan, weightedCompletion, exceptionCost, money };
}

function* timesOf({ resources, tasks }: PlanningProblem, modesOf: TaskMode[][]): Iterable<number> {
  for (const { windows = [] } of Object.values(resources))
    for (const { from, to } of windows) yield* [from, to];
  for (const { release, deadline } of Object.values(tasks)) {
    if (release !== undefined) yield release;
    if (deadline !== undefined) yield deadline;
  }
  for (const modes of modesOf) for (const { duration } of modes) yield duration;
}

function* amountsOf(
  { resources }: PlanningProblem,
  modesOf: TaskMode[][],
  name: string,
  resource: number,
): Iterable<number> {
  const { capacity, windows = [] } = Object.values(resources)[
    resource
  ] as PlanningProblem["resources"][string];
  yield capacity;
  for (const window of windows) yield window.capacity;
  for (const modes of modesOf) for (const { needs } of modes) yield needs[name] ?? 0;
}

function compileModes(
  modesOf: TaskMode[][],
  resourceNames: string[],
  unitSizes: Float64Array,
  step: number,
  most: number[],
) {
  const resourceCount = resourceNames.length;
  const modeOffsets = new Int32Array(modesOf.length + 1);
  const durations: number[] = [];
  const needs: number[] = [];
  const places: number[] = [];
  modesOf.forEach((modes, task) => {
    const compiled = modes.map((mode, place) => ({
      place,
      duration: toSteps(mode.duration, step, "up"),
      needs: resourceNames.map((name, resource) =>
        toUnits(mode.needs[name] ?? 0, unitSizes[resource] as number),
      ),
    }));
    const possible = compiled.filter(({ needs }) =>
      needs.every((need, resource) => need <= (most[resource] as number)),
    );
    // Where there is none, findUnreachable tells it with all of them.
    const kept = withoutWorse(possible.length > 0 ? possible : compiled).sort(
      (a, b) => a.duration - b.duration || a.place - b.place,
    );
    for (const mode of kept) {
      durations.push(mode.duration);
      for (let resource = 0; resource < resourceCount; resource++) needs.push(mode.needs[resource] as number);
      places.push(mode.place);
    }
    modeOffsets[task + 1] = durations.length;
  });
  return {
    modeOffsets,
    modeDurations: Float64Array.from(durations),
    modeNeeds: Int32Array.from(needs),
    modePlaces: Int32Array.from(places),
  };
}

/** Without the modes that take as long as another one and need no less of anything. */
function withoutWorse<Mode extends { duration: number; needs: number[] }>(modes: Mode[]): Mode[] {
  if (modes.length === 1) return modes;
  const isNoBetter = (mode: Mode, other: Mode) =>
    mode.duration >= other.duration &&
    mode.needs.every((need, resource) => need >= (other.needs[resource] as number));
  return modes.filter(
    (mode, index) =>
      !modes.some(
        (other, otherIndex) =>
          otherIndex !== index && isNoBetter(mode, other) && (!isNoBetter(other, mode) || otherIndex < index),
      ),
  );
}

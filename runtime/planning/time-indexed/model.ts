import type { CompiledProblem } from "../compiled-problem.ts";
import type { Constraint, LinearProgram, Variable } from "../linear-program.ts";
import { costOfMode } from "../mode-cost.ts";
import { type StartWindows, shortestTails, startWindows } from "./start-windows.ts";

/** Of rows that say for each time that a predecessor has ended, the most terms; beyond it one row a pair says it on average. */
const maximumPrecedenceTerms = 200_000;

export interface ModelOptions {
  /** Step by which everything has ended. */
  horizon: number;
  /**
   * Steps of one interval of the grid. Above 1 the program is a relaxation: tasks are shortened to whole intervals, and
   * what there is at the end of an interval counts for all of it.
   */
  grid: number;
  /** Starts are whole; else its relaxation. */
  isInteger: boolean;
  /** A schedule of this cost is known: starts that could only make a dearer one are left out. */
  knownCost?: number | undefined;
}

export interface TimeIndexedModel {
  program: LinearProgram;
  /** Of each variable that is a start: task, mode, interval. */
  starts: readonly { task: number; mode: number; time: number }[];
}

/**
 * The time-indexed formulation of A. Pritsker, L. Watters and P. Wolfe (Multiproject scheduling with limited resources:
 * a zero-one programming approach, Management Science 16, 1969), precedence disaggregated as by N. Christofides, R.
 * Alvarez-Valdes and J. Tamarit (1987): x = 1 where a task starts in a mode at a time. Each task starts once; at each
 * time what runs needs no more than there is; a task has started by a time only if its predecessors have ended.
 */
export function timeIndexedModel(compiled: CompiledProblem, options: ModelOptions): TimeIndexedModel {
  const windows = startWindows(compiled, options);
  const starts: { task: number; mode: number; time: number }[] = [];
  const variables: Variable[] = [];
  const byTask: number[][] = Array.from({ length: compiled.taskCount }, () => []);
  const isTooDear = createIsTooDear(compiled, windows, options);
  for (let task = 0; task < compiled.taskCount; task++)
    for (
      let mode = compiled.modeOffsets[task] as number;
      mode < (compiled.modeOffsets[task + 1] as number);
      mode++
    )
      for (const time of windows.startsOf(mode)) {
        const end = time * options.grid + (compiled.modeDurations[mode] as number);
        const cost = costOfMode(compiled, task, mode, end);
        if (isTooDear(task, cost, end)) continue;
        byTask[task]?.push(variables.length);
        starts.push({ task, mode, time });
        variables.push({ cost, lower: 0, upper: 1, isInteger: options.isInteger });
      }
  const model = { program: { variables, constraints: [] as Constraint[] }, starts };
  const { constraints } = model.program;
  for (const indices of byTask)
    constraints.push({ lower: 1, upper: 1, terms: indices.map((index) => [index, 1]) });
  constraints.push(...resourceRows(compiled, options, windows, starts));
  constraints.push(...precedenceRows(compiled, windows, starts, byTask));
  if (compiled.objective.makespan > 0) constraints.push(...makespanRows(compiled, options, model, byTask));
  return model;
}

/** How many variables the model would have, without building it. */
export function countStarts(compiled: CompiledProblem, options: ModelOptions): number {
  const windows = startWindows(compiled, options);
  let count = 0;
  for (let mode = 0; mode < compiled.modeDurations.length; mode++) count += windows.countOf(mode);
  return count;
}

/** Whether a schedule with this end of this task costs more than the known one, all others at their cheapest. */
function createIsTooDear(
  compiled: CompiledProblem,
  windows: StartWindows,
  { knownCost, grid }: ModelOptions,
) {
  const { taskCount, modeOffsets, modeDurations, objective, timeStep } = compiled;
  if (knownCost === undefined) return () => false;
  const least = Float64Array.from({ length: taskCount }, (_, task) => {
    let cost = Number.POSITIVE_INFINITY;
    for (let mode = modeOffsets[task] as number; mode < (modeOffsets[task + 1] as number); mode++) {
      const end = windows.firstOf(mode) * grid + (modeDurations[mode] as number);
      cost = Math.min(cost, costOfMode(compiled, task, mode, end));
    }
    return cost;
  });
  const all = least.reduce((sum, cost) => sum + cost, 0);
  const tails = shortestTails(compiled);
  const limit = knownCost + 1e-9 * Math.max(1, Math.abs(knownCost));
  return (task: number, cost: number, end: number) =>
    all - (least[task] as number) + cost + objective.makespan * timeStep * (end + (tails[task] as number)) >
    limit;
}

type Starts = TimeIndexedModel["starts"];

function resourceRows(
  compiled: CompiledProblem,
  { grid }: ModelOptions,
  windows: StartWindows,
  starts: Starts,
): Constraint[] {
  const { resourceCount, modeNeeds } = compiled;
  const rows: Constraint[] = [];
  for (let resource = 0; resource < resourceCount; resource++) {
    const terms: [number, number][][] = Array.from({ length: windows.length }, () => []);
    for (const [index, { mode, time }] of starts.entries()) {
      const need = modeNeeds[mode * resourceCount + resource] as number;
      if (need === 0) continue;
      const end = Math.min(windows.length, time + windows.durationOf(mode));
      for (let at = time; at < end; at++) terms[at]?.push([index, need]);
    }
    for (const [at, row] of terms.entries()) {
      const upper = capacityAt(compiled, resource, at * grid + grid - 1);
      const most = row.reduce((sum, [, need]) => sum + need, 0);
      if (most > upper) rows.push({ lower: 0, upper, terms: row });
    }
  }
  return rows;
}

function capacityAt({ capacities }: CompiledProblem, resource: number, step: number): number {
  const { times, amounts } = capacities[resource] as CompiledProblem["capacities"][number];
  let piece = times.length - 1;
  while ((times[piece] as number) > step) piece--;
  return amounts[piece] as number;
}

function precedenceRows(
  { graph, taskCount }: CompiledProblem,
  windows: StartWindows,
  starts: Starts,
  byTask: readonly number[][],
): Constraint[] {
  const endOf = (index: number) => {
    const { mode, time } = starts[index] as Starts[number];
    return time + windows.durationOf(mode);
  };
  const startOf = (index: number) => (starts[index] as Starts[number]).time;
  const pairs: [number, number][] = [];
  for (let task = 0; task < taskCount; task++)
    for (
      let at = graph.predecessorOffsets[task] as number;
      at < (graph.predecessorOffsets[task + 1] as number);
      at++
    )
      pairs.push([graph.predecessors[at] as number, task]);
  const terms = pairs.reduce(
    (sum, [before, after]) =>
      sum + (byTask[after]?.length ?? 0) * ((byTask[after]?.length ?? 0) + (byTask[before]?.length ?? 0)),
    0,
  );
  const isAverage = terms / 2 > maximumPrecedenceTerms;
  return pairs.flatMap(([before, after]) => {
    const earlier = byTask[before] ?? [];
    const later = byTask[after] ?? [];
    if (isAverage)
      return [
        {
          lower: 0,
          upper: Number.POSITIVE_INFINITY,
          terms: [
            ...later.map((index) => [index, startOf(index)] as const),
            ...earlier.map((index) => [index, -endOf(index)] as const),
          ],
        },
      ];
    const times = [...new Set(later.map(startOf))];
    return times.flatMap((time): Constraint[] => {
      const ended = earlier.filter((index) => endOf(index) <= time);
      // All of its starts are early enough: nothing to hold back.
      if (ended.length === earlier.length) return [];
      return [
        {
          lower: Number.NEGATIVE_INFINITY,
          upper: 0,
          terms: [
            ...later.filter((index) => startOf(index) <= time).map((index) => [index, 1] as const),
            ...ended.map((index) => [index, -1] as const),
          ],
        },
      ];
    });
  });
}

/** One more variable, the makespan in steps, which is no less than the end of any task without successors. */
function makespanRows(
  { objective, timeStep, graph, modeDurations, taskCount }: CompiledProblem,
  { grid, horizon }: ModelOptions,
  { program, starts }: { program: { variables: readonly Variable[] }; starts: Starts },
  byTask: readonly number[][],
): Constraint[] {
  const makespan = program.variables.length;
  (program.variables as Variable[]).push({
    cost: objective.makespan * timeStep,
    lower: 0,
    upper: horizon,
  });
  const last = Array.from({ length: taskCount }, (_, task) => task).filter(
    (task) => graph.successorOffsets[task] === graph.successorOffsets[task + 1],
  );
  return last.map((task) => ({
    lower: 0,
    upper: Number.POSITIVE_INFINITY,
    terms: [
      [makespan, 1] as const,
      ...(byTask[task] ?? []).map((index) => {
        const { mode, time } = starts[index] as Starts[number];
        return [index, -(time * grid + (modeDurations[mode] as number))] as const;
      }),
    ],
  }));
}

import type { CompiledProblem } from "../compiled-problem.ts";
import { earliestRoom, earliestTimes } from "../earliest-times.ts";

/** When each mode may start, in intervals of a grid. */
export interface StartWindows {
  /** Intervals there are. */
  readonly length: number;
  /** Whole intervals that a mode holds. */
  durationOf(mode: number): number;
  /** Intervals in which a mode may start, ascending. */
  startsOf(mode: number): number[];
  countOf(mode: number): number;
  /** The first interval in which it could start, were it alone. */
  firstOf(mode: number): number;
}

/** From the earliest end of its predecessors to where its successors would no longer end by the horizon. */
export function startWindows(
  compiled: CompiledProblem,
  { horizon, grid }: { horizon: number; grid: number },
): StartWindows {
  const { modeDurations, modeOffsets, taskCount } = compiled;
  const { ends } = earliestTimes(compiled);
  const tails = shortestTails(compiled);
  const first = new Float64Array(modeDurations.length);
  const last = new Float64Array(modeDurations.length);
  for (let task = 0; task < taskCount; task++) {
    const ready = readyTime(compiled, task, ends);
    for (let mode = modeOffsets[task] as number; mode < (modeOffsets[task + 1] as number); mode++) {
      first[mode] = earliestRoom(compiled, mode, ready);
      last[mode] = horizon - (tails[task] as number) - (modeDurations[mode] as number);
    }
  }
  const firstOf = (mode: number) => Math.floor((first[mode] as number) / grid);
  const lastOf = (mode: number) => Math.floor((last[mode] as number) / grid);
  return {
    length: Math.floor(horizon / grid) + 1,
    durationOf: (mode) => Math.floor((modeDurations[mode] as number) / grid),
    startsOf(mode) {
      const starts: number[] = [];
      if ((first[mode] as number) > (last[mode] as number)) return starts;
      for (let time = firstOf(mode); time <= lastOf(mode); time++)
        if (grid > 1 || earliestRoom(compiled, mode, time) === time) starts.push(time);
      return starts;
    },
    firstOf,
    countOf: (mode) =>
      (first[mode] as number) > (last[mode] as number) ? 0 : lastOf(mode) - firstOf(mode) + 1,
  };
}

function readyTime({ releases, graph }: CompiledProblem, task: number, ends: Float64Array): number {
  let ready = releases[task] as number;
  const last = graph.predecessorOffsets[task + 1] as number;
  for (let at = graph.predecessorOffsets[task] as number; at < last; at++)
    ready = Math.max(ready, ends[graph.predecessors[at] as number] as number);
  return ready;
}

/** Steps that the tasks behind each task take at least, one after the other. */
export function shortestTails(compiled: CompiledProblem): Float64Array {
  const { graph, modeOffsets, modeDurations, taskCount, topologicalOrder } = compiled;
  const tails = new Float64Array(taskCount);
  for (const task of topologicalOrder.toReversed()) {
    let tail = 0;
    const last = graph.successorOffsets[task + 1] as number;
    for (let at = graph.successorOffsets[task] as number; at < last; at++) {
      const successor = graph.successors[at] as number;
      // The first mode is the shortest.
      const duration = modeDurations[modeOffsets[successor] as number] as number;
      tail = Math.max(tail, duration + (tails[successor] as number));
    }
    tails[task] = tail;
  }
  return tails;
}

/**
 * A step by which an optimal schedule has ended, whatever the objective: from the last release and the last change of a
 * capacity on some task always runs, each in its longest mode at worst.
 */
export function safeHorizon({
  capacities,
  releases,
  taskCount,
  modeOffsets,
  modeDurations,
}: CompiledProblem): number {
  let horizon = 0;
  for (const { times } of capacities) horizon = Math.max(horizon, times.at(-1) as number);
  for (const release of releases) horizon = Math.max(horizon, release);
  for (let task = 0; task < taskCount; task++)
    horizon += modeDurations[(modeOffsets[task + 1] as number) - 1] as number;
  return horizon;
}

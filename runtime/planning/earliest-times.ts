import type { CompiledProblem } from "./compiled-problem.ts";

/** When tasks can start and end at the earliest, each as if it had the resources for itself. */
export interface EarliestTimes {
  /** Task → step; Infinity where no mode ever has room. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Task → the predecessor that it waits for; -1 where it waits for none. */
  readonly waitsFor: Int32Array;
  /** Step at which the last task ends: the critical path, the plainest lower bound of the makespan. */
  readonly length: number;
}

/** The forward pass of the critical path method, each task in its fastest way; windows of capacity count. */
export function earliestTimes(compiled: CompiledProblem): EarliestTimes {
  const { taskCount, graph } = compiled;
  const starts = new Float64Array(taskCount);
  const ends = new Float64Array(taskCount);
  const waitsFor = new Int32Array(taskCount).fill(-1);
  let length = 0;
  for (const task of compiled.topologicalOrder) {
    let ready = compiled.releases[task] as number;
    for (
      let at = graph.predecessorOffsets[task] as number;
      at < (graph.predecessorOffsets[task + 1] as number);
      at++
    ) {
      const predecessor = graph.predecessors[at] as number;
      if ((ends[predecessor] as number) <= ready) continue;
      ready = ends[predecessor] as number;
      waitsFor[task] = predecessor;
    }
    let end = Number.POSITIVE_INFINITY;
    starts[task] = Number.POSITIVE_INFINITY;
    for (
      let mode = compiled.modeOffsets[task] as number;
      mode < (compiled.modeOffsets[task + 1] as number);
      mode++
    ) {
      const start = earliestRoom(compiled, mode, ready);
      const endInMode = start + (compiled.modeDurations[mode] as number);
      if (endInMode < end) [starts[task], end] = [start, endInMode];
    }
    ends[task] = end;
    length = Math.max(length, end);
  }
  return { starts, ends, waitsFor, length };
}

/** The tasks of the critical path up to this task, first to last. */
export function pathTo(task: number, { waitsFor }: EarliestTimes): number[] {
  const path = [task];
  for (let before = waitsFor[task] as number; before >= 0; before = waitsFor[before] as number)
    path.push(before);
  return path.reverse();
}

/** The first step at or after `ready` from which on there is as much as the mode needs until it ends, or Infinity. */
export function earliestRoom(compiled: CompiledProblem, mode: number, ready: number): number {
  const duration = compiled.modeDurations[mode] as number;
  // A task without duration holds nothing.
  if (duration === 0) return ready;
  let start = ready;
  // Each resource may push the start further; only when none does is there room in all of them.
  for (let resource = 0, agreed = 0; agreed < compiled.resourceCount; resource++) {
    if (resource === compiled.resourceCount) resource = 0;
    const { times, amounts } = compiled.capacities[resource] as CompiledProblem["capacities"][number];
    const need = compiled.modeNeeds[mode * compiled.resourceCount + resource] as number;
    const moved = roomIn(times, amounts, need, start, duration);
    if (moved === Number.POSITIVE_INFINITY) return moved;
    agreed = moved === start ? agreed + 1 : 1;
    start = moved;
  }
  return start;
}

function roomIn(
  times: Float64Array,
  amounts: Int32Array,
  need: number,
  ready: number,
  duration: number,
): number {
  let start = ready;
  for (let piece = 0; piece < times.length; piece++) {
    const from = times[piece] as number;
    const until = piece + 1 < times.length ? (times[piece + 1] as number) : Number.POSITIVE_INFINITY;
    if (until <= start) continue;
    if (from >= start + duration) break;
    if ((amounts[piece] as number) < need) start = until;
  }
  return start;
}

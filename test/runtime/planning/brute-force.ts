import type { CompiledProblem } from "../../../runtime/planning/compiled-problem.ts";
import { objectiveValue } from "../../../runtime/planning/objective.ts";
import type { CompiledSchedule } from "../../../runtime/planning/strategies/strategy.ts";

/**
 * The objective's least value, by trying every order of the tasks in every combination of modes, each task as early as
 * it fits: one of these active schedules is optimal, since no part of the objective gets better by waiting.
 */
export function bruteForce(compiled: CompiledProblem): number {
  let best = Number.POSITIVE_INFINITY;
  const { taskCount, modeOffsets, graph } = compiled;
  const starts = new Float64Array(taskCount).fill(-1);
  const modes = new Int32Array(taskCount);
  const isDone = (task: number) => (starts[task] as number) >= 0;
  const predecessorsOf = (task: number) =>
    graph.predecessors.subarray(graph.predecessorOffsets[task], graph.predecessorOffsets[task + 1]);

  function place(count: number): void {
    if (count === taskCount) {
      best = Math.min(best, objectiveValue(compiled, { starts, modes }));
      return;
    }
    for (let task = 0; task < taskCount; task++) {
      if (isDone(task) || !predecessorsOf(task).every(isDone)) continue;
      for (let mode = modeOffsets[task] as number; mode < (modeOffsets[task + 1] as number); mode++) {
        modes[task] = mode;
        const start = earliest(task, mode);
        if (start === undefined) continue;
        starts[task] = start;
        place(count + 1);
        starts[task] = -1;
      }
    }
  }

  function earliest(task: number, mode: number): number | undefined {
    let start = compiled.releases[task] as number;
    for (const before of predecessorsOf(task))
      start = Math.max(
        start,
        (starts[before] as number) + (compiled.modeDurations[modes[before] as number] as number),
      );
    for (const latest = start + 1000; start < latest; start++)
      if (fits(mode, start, { starts, modes })) return start;
    return undefined;
  }

  function fits(mode: number, start: number, placed: CompiledSchedule): boolean {
    const end = start + (compiled.modeDurations[mode] as number);
    for (let time = start; time < end; time++)
      for (let resource = 0; resource < compiled.resourceCount; resource++)
        if (used(time, resource, placed) + needOf(mode, resource) > capacityAt(time, resource)) return false;
    return true;
  }

  function used(time: number, resource: number, placed: CompiledSchedule): number {
    let sum = 0;
    for (let task = 0; task < taskCount; task++) {
      const start = placed.starts[task] as number;
      const mode = placed.modes[task] as number;
      const runs = start >= 0 && start <= time && time < start + (compiled.modeDurations[mode] as number);
      if (runs) sum += needOf(mode, resource);
    }
    return sum;
  }

  const needOf = (mode: number, resource: number) =>
    compiled.modeNeeds[mode * compiled.resourceCount + resource] as number;

  function capacityAt(time: number, resource: number): number {
    const { times, amounts } = compiled.capacities[resource] as CompiledProblem["capacities"][number];
    return amounts[times.findLastIndex((from) => from <= time)] as number;
  }

  place(0);
  return best;
}

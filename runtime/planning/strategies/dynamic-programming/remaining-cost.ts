import type { CompiledProblem } from "../../compiled-problem.ts";
import { earliestTimes } from "../../earliest-times.ts";
import { costOfMode } from "../../mode-cost.ts";

/** A decision point, as far as the bound looks at it. */
export interface Partial {
  time: number;
  started: number;
  cost: number;
  lastEnd: number;
  runningTasks: readonly number[];
  runningModes: readonly number[];
  runningEnds: readonly number[];
}

/**
 * @returns what a complete schedule costs at least that continues a partial one: each task that has not started ends at
 * the earliest by its predecessors, in its cheapest mode, and no resource does more work than it can
 */
export function createRemainingCost(compiled: CompiledProblem): (partial: Partial) => number {
  const { taskCount, graph, modeOffsets, modeDurations, topologicalOrder, objective, timeStep } = compiled;
  const alone = earliestTimes(compiled);
  const work = createRemainingWork(compiled);
  const ends = new Float64Array(taskCount);

  function readyTime(task: number, { time, started }: Partial): number {
    let start = Math.max(time, compiled.releases[task] as number);
    const last = graph.predecessorOffsets[task + 1] as number;
    for (let at = graph.predecessorOffsets[task] as number; at < last; at++) {
      const predecessor = graph.predecessors[at] as number;
      const isOver = (started & (1 << predecessor)) !== 0 && (ends[predecessor] as number) <= time;
      if (!isOver) start = Math.max(start, ends[predecessor] as number);
    }
    return start;
  }

  return (partial) => {
    ends.fill(0);
    for (const [index, task] of partial.runningTasks.entries())
      ends[task] = partial.runningEnds[index] as number;
    let cost = partial.cost;
    let lastEnd = Math.max(partial.lastEnd, work(partial));
    for (const task of topologicalOrder) {
      if ((partial.started & (1 << task)) !== 0) continue;
      const ready = readyTime(task, partial);
      let least = Number.POSITIVE_INFINITY;
      let shortest = Number.POSITIVE_INFINITY;
      for (let mode = modeOffsets[task] as number; mode < (modeOffsets[task + 1] as number); mode++) {
        const end = Math.max(ready + (modeDurations[mode] as number), alone.ends[task] as number);
        shortest = Math.min(shortest, end);
        least = Math.min(least, costOfMode(compiled, task, mode, end));
      }
      ends[task] = shortest;
      lastEnd = Math.max(lastEnd, shortest);
      cost += least;
    }
    return cost + objective.makespan * lastEnd * timeStep;
  };
}

/** @returns the step before which no resource can have done the work that is left; 0 where capacities vary */
function createRemainingWork(compiled: CompiledProblem): (partial: Partial) => number {
  const { resourceCount, taskCount, modeOffsets, modeDurations, modeNeeds } = compiled;
  const constant = compiled.capacities.flatMap(({ amounts }, resource) =>
    amounts.length === 1 ? [{ resource, capacity: amounts[0] as number }] : [],
  );
  const least = constant.map(({ resource }) =>
    Float64Array.from({ length: taskCount }, (_, task) => {
      let work = Number.POSITIVE_INFINITY;
      for (let mode = modeOffsets[task] as number; mode < (modeOffsets[task + 1] as number); mode++)
        work = Math.min(
          work,
          (modeDurations[mode] as number) * (modeNeeds[mode * resourceCount + resource] as number),
        );
      return work;
    }),
  );
  return ({ time, started, runningModes, runningEnds }) => {
    let end = 0;
    for (const [index, { resource, capacity }] of constant.entries()) {
      if (capacity === 0) continue;
      let work = 0;
      for (let task = 0; task < taskCount; task++)
        if ((started & (1 << task)) === 0) work += least[index]?.[task] as number;
      for (const [place, mode] of runningModes.entries())
        work +=
          ((runningEnds[place] as number) - time) * (modeNeeds[mode * resourceCount + resource] as number);
      if (work > 0) end = Math.max(end, Math.ceil(time + work / capacity - 1e-9));
    }
    return end;
  };
}

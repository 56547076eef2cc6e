import type { CompiledProblem } from "../compiled-problem.ts";
import { earliestTimes } from "../earliest-times.ts";
import { costOfMode } from "../mode-cost.ts";

/** Steps and costs that no plan is below, each proven by an argument of its own. */
export interface SimpleBounds {
  /** Steps of the longest chain of predecessors, each task in its fastest way. */
  criticalPath: number;
  /** Resource → step before which it cannot have done the work of all tasks (0 where nothing needs it). */
  resourceEnergy: Float64Array;
  /** The objective's value that follows from them: every task at its earliest end, in its cheapest way. */
  objective: number;
}

export function simpleBounds(compiled: CompiledProblem): SimpleBounds {
  const { taskCount, modeOffsets, objective, timeStep, resourceCount } = compiled;
  const earliest = earliestTimes(compiled);
  const resourceEnergy = Float64Array.from({ length: resourceCount }, (_, resource) =>
    energyBound(compiled, resource),
  );
  const makespan = resourceEnergy.reduce((most, step) => Math.max(most, step), earliest.length);
  let value = objective.makespan * makespan * timeStep;
  for (let task = 0; task < taskCount; task++) {
    let least = Number.POSITIVE_INFINITY;
    for (let mode = modeOffsets[task] as number; mode < (modeOffsets[task + 1] as number); mode++)
      least = Math.min(least, costOfMode(compiled, task, mode, earliest.ends[task] as number));
    value += least;
  }
  return { criticalPath: earliest.length, resourceEnergy, objective: value };
}

/** The first step by which there was as much of a resource, over time, as all tasks hold at least. */
function energyBound(compiled: CompiledProblem, resource: number): number {
  const { taskCount, modeOffsets, modeDurations, modeNeeds, resourceCount } = compiled;
  let work = 0;
  for (let task = 0; task < taskCount; task++) {
    let least = Number.POSITIVE_INFINITY;
    for (let mode = modeOffsets[task] as number; mode < (modeOffsets[task + 1] as number); mode++)
      least = Math.min(
        least,
        (modeDurations[mode] as number) * (modeNeeds[mode * resourceCount + resource] as number),
      );
    work += least;
  }
  if (work === 0) return 0;
  const { times, amounts } = compiled.capacities[resource] as CompiledProblem["capacities"][number];
  for (let piece = 0; piece < times.length; piece++) {
    const from = times[piece] as number;
    const capacity = amounts[piece] as number;
    const until = times[piece + 1] ?? Number.POSITIVE_INFINITY;
    if (capacity > 0 && capacity * (until - from) >= work) return Math.ceil(from + work / capacity - 1e-9);
    work -= capacity * (until - from);
  }
  return 0;
}

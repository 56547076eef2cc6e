import type { CompiledCapacity } from "../compiled-capacity.ts";
import type { CompiledProblem } from "../compiled-problem.ts";

/** Steps of the longest grid that is searched on. */
const MOST_STEPS = 16_384;

export interface SearchGrid {
  /** The problem in steps of the grid. */
  readonly compiled: CompiledProblem;
  /** Steps after which no plan goes on, where there is room for every task in the end. */
  readonly horizon: number;
  /** How many steps of the problem one step of the grid is; where it is 1, the grid is exact. */
  readonly factor: number;
}

/** A schedule that is so many times as long as one that is known is of no interest. */
const TOO_LONG = 3;

/**
 * The problem on a grid of at most 16,384 steps. Where that makes steps longer, times are rounded so that what is
 * possible on the grid is possible in truth.
 * @param knownEnd step at which a schedule that is known ends
 */
export function createSearchGrid(compiled: CompiledProblem, knownEnd = Number.POSITIVE_INFINITY): SearchGrid {
  // Slow modes can be the cheap ones: then long schedules are of interest as well.
  const hasModes = compiled.modeDurations.length > compiled.taskCount;
  const ofInterest = hasModes ? Number.POSITIVE_INFINITY : Math.max(1, knownEnd * TOO_LONG);
  const horizon = Math.min(latestEnd(compiled), ofInterest);
  const factor = Math.max(1, Math.ceil(horizon / MOST_STEPS));
  if (factor === 1) return { compiled, horizon, factor };
  const up = (values: Float64Array) => values.map((value) => Math.ceil(value / factor));
  const coarse: CompiledProblem = {
    ...compiled,
    timeStep: compiled.timeStep * factor,
    modeDurations: up(compiled.modeDurations),
    releases: up(compiled.releases),
    deadlines: compiled.deadlines.map((deadline) => Math.floor(deadline / factor)),
    capacities: compiled.capacities.map((capacity) => coarsen(capacity, factor)),
    prices: compiled.prices.map((price) => price * factor),
  };
  return { compiled: coarse, horizon: Math.min(latestEnd(coarse), Math.ceil(ofInterest / factor)), factor };
}

/** All tasks one after the other in their slowest way, after the last release and the last change of capacity. */
function latestEnd({ releases, capacities, taskCount, modeOffsets, modeDurations }: CompiledProblem): number {
  let end = 0;
  for (const release of releases) end = Math.max(end, release);
  for (const { times } of capacities) end = Math.max(end, times.at(-1) as number);
  for (let task = 0; task < taskCount; task++) {
    let longest = 0;
    for (let mode = modeOffsets[task] as number; mode < (modeOffsets[task + 1] as number); mode++)
      longest = Math.max(longest, modeDurations[mode] as number);
    end += longest;
  }
  return Math.max(1, end);
}

/** What is there during the whole of each coarse step. */
function coarsen({ times, amounts }: CompiledCapacity, factor: number): CompiledCapacity {
  const leastOf = new Map<number, number>();
  for (let piece = 0; piece < times.length; piece++) {
    const time = times[piece] as number;
    const amount = amounts[piece] as number;
    const step = Math.floor(time / factor);
    const isWhole = time === step * factor;
    leastOf.set(
      step,
      isWhole ? amount : Math.min(leastOf.get(step) ?? amount, amount, amounts[piece - 1] as number),
    );
    // It counts alone from the next step on, until another piece begins in that one.
    leastOf.set(step + 1, amount);
  }
  const steps = [...leastOf.keys()].sort((a, b) => a - b);
  return {
    times: Float64Array.from(steps),
    amounts: Int32Array.from(steps, (step) => leastOf.get(step) as number),
  };
}

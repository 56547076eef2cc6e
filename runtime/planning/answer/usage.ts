import type { CompiledProblem } from "../compiled-problem.ts";
import type { CompiledSchedule } from "../strategies/strategy.ts";

/** What is held of a resource over time: used[i] units from times[i] until times[i + 1]; nothing before and after. */
export interface UsageProfile {
  times: Float64Array;
  used: Float64Array;
}

export function usageProfile(
  compiled: CompiledProblem,
  { starts, modes }: CompiledSchedule,
  resource: number,
): UsageProfile {
  const changes = new Map<number, number>();
  const add = (time: number, amount: number) => changes.set(time, (changes.get(time) ?? 0) + amount);
  for (let task = 0; task < compiled.taskCount; task++) {
    const mode = modes[task] as number;
    const need = compiled.modeNeeds[mode * compiled.resourceCount + resource] as number;
    const duration = compiled.modeDurations[mode] as number;
    if (need === 0 || duration === 0) continue;
    add(starts[task] as number, need);
    add((starts[task] as number) + duration, -need);
  }
  const entries = [...changes].filter(([, change]) => change !== 0).sort(([a], [b]) => a - b);
  let sum = 0;
  return {
    times: Float64Array.from(entries, ([time]) => time),
    used: Float64Array.from(entries, ([, change]) => (sum += change)),
  };
}

export function usedAt({ times, used }: UsageProfile, time: number): number {
  return used[lastAtOrBefore(times, time)] ?? 0;
}

export function capacityAt({ capacities }: CompiledProblem, resource: number, time: number): number {
  const { times, amounts } = capacities[resource] as CompiledProblem["capacities"][number];
  return amounts[Math.max(0, lastAtOrBefore(times, time))] as number;
}

/** The last place whose time is not after `time`; -1 where all are. */
export function lastAtOrBefore(times: ArrayLike<number>, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

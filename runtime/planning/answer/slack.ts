import type { CompiledProblem } from "../compiled-problem.ts";
import type { CompiledSchedule } from "../strategies/strategy.ts";
import { lastAtOrBefore, type UsageProfile } from "./usage.ts";

/** Steps that a task can start later with every other task, and the end of the plan, in place. */
export function slackOf(
  compiled: CompiledProblem,
  { starts, modes }: CompiledSchedule,
  profiles: readonly UsageProfile[],
  makespan: number,
  task: number,
): number {
  const { graph, modeDurations, modeNeeds, resourceCount } = compiled;
  const mode = modes[task] as number;
  const end = (starts[task] as number) + (modeDurations[mode] as number);
  let latest = makespan;
  const last = graph.successorOffsets[task + 1] as number;
  for (let at = graph.successorOffsets[task] as number; at < last; at++)
    latest = Math.min(latest, starts[graph.successors[at] as number] as number);
  if (modeDurations[mode] === 0) return latest - end;
  for (let resource = 0; resource < resourceCount; resource++) {
    const need = modeNeeds[mode * resourceCount + resource] as number;
    if (need > 0)
      latest = roomUntil(compiled, profiles[resource] as UsageProfile, resource, need, end, latest);
  }
  return latest - end;
}

/** The first step from `from` on, at most `until`, at which others leave less than the task needs. */
function roomUntil(
  { capacities }: CompiledProblem,
  { times, used }: UsageProfile,
  resource: number,
  need: number,
  from: number,
  until: number,
): number {
  const capacity = capacities[resource] as CompiledProblem["capacities"][number];
  let piece = Math.max(0, lastAtOrBefore(times, from));
  let level = Math.max(0, lastAtOrBefore(capacity.times, from));
  for (let time = from; time < until; ) {
    const isUsed = (times[piece] ?? Number.POSITIVE_INFINITY) <= time;
    const free = (capacity.amounts[level] as number) - (isUsed ? (used[piece] as number) : 0);
    if (free < need) return time;
    const nextUse = isUsed
      ? (times[piece + 1] ?? Number.POSITIVE_INFINITY)
      : (times[piece] ?? Number.POSITIVE_INFINITY);
    const nextLevel = capacity.times[level + 1] ?? Number.POSITIVE_INFINITY;
    time = Math.min(nextUse, nextLevel);
    if (time === nextUse && isUsed) piece++;
    if (time === nextLevel) level++;
  }
  return until;
}

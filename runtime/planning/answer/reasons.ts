import type { CompiledProblem } from "../compiled-problem.ts";
import type { CompiledSchedule } from "../strategies/strategy.ts";
import { capacityAt, type UsageProfile, usedAt } from "./usage.ts";

/** Why a task starts no earlier, in the numbers of a compiled problem. */
export type CompiledReason =
  | { kind: "none" }
  | { kind: "release" }
  | { kind: "predecessor"; task: number }
  | { kind: "resource"; resource: number; heldBy: number[] }
  | { kind: "window"; resource: number }
  | { kind: "choice" };

/** @returns for a task, everything that alone keeps it from starting one step earlier */
export function createReasons(
  compiled: CompiledProblem,
  schedule: CompiledSchedule,
  profiles: readonly UsageProfile[],
): (task: number) => CompiledReason[] {
  const endsAt = tasksByEnd(compiled, schedule);
  return (task) => {
    const start = schedule.starts[task] as number;
    if (start === 0) return [{ kind: "none" }];
    const reasons: CompiledReason[] = predecessorsThatEnd(compiled, endsAt, task, start);
    if (compiled.releases[task] === start) reasons.push({ kind: "release" });
    reasons.push(...resourcesThatLack(compiled, schedule, profiles, endsAt, task, start));
    return reasons.length > 0 ? reasons : [{ kind: "choice" }];
  };
}

function tasksByEnd(compiled: CompiledProblem, { starts, modes }: CompiledSchedule): Map<number, number[]> {
  const byEnd = new Map<number, number[]>();
  for (let task = 0; task < compiled.taskCount; task++) {
    const end = (starts[task] as number) + (compiled.modeDurations[modes[task] as number] as number);
    const tasks = byEnd.get(end);
    if (tasks === undefined) byEnd.set(end, [task]);
    else tasks.push(task);
  }
  return byEnd;
}

function predecessorsThatEnd(
  { graph }: CompiledProblem,
  endsAt: Map<number, number[]>,
  task: number,
  start: number,
): CompiledReason[] {
  const before = graph.predecessors.subarray(
    graph.predecessorOffsets[task],
    graph.predecessorOffsets[task + 1],
  );
  return (endsAt.get(start) ?? [])
    .filter((other) => before.includes(other))
    .map((other) => ({ kind: "predecessor", task: other }));
}

function resourcesThatLack(
  compiled: CompiledProblem,
  { modes }: CompiledSchedule,
  profiles: readonly UsageProfile[],
  endsAt: Map<number, number[]>,
  task: number,
  start: number,
): CompiledReason[] {
  const { resourceCount, modeNeeds, modeDurations } = compiled;
  const needOf = (other: number, resource: number) =>
    modeNeeds[(modes[other] as number) * resourceCount + resource] as number;
  const reasons: CompiledReason[] = [];
  if (modeDurations[modes[task] as number] === 0) return reasons;
  for (let resource = 0; resource < resourceCount; resource++) {
    const need = needOf(task, resource);
    const capacity = capacityAt(compiled, resource, start - 1);
    const used = usedAt(profiles[resource] as UsageProfile, start - 1);
    if (need === 0 || used + need <= capacity) continue;
    const heldBy = (endsAt.get(start) ?? []).filter(
      (other) => other !== task && needOf(other, resource) > 0 && modeDurations[modes[other] as number] !== 0,
    );
    if (heldBy.length > 0) reasons.push({ kind: "resource", resource, heldBy });
    else reasons.push({ kind: "window", resource });
  }
  return reasons;
}

import type { Problem } from "../errors.ts";
import type { CompiledProblem } from "./compiled-problem.ts";
import { type EarliestTimes, earliestTimes, pathTo } from "./earliest-times.ts";
import type { TaskDescription } from "./problem.ts";

/** Tasks that no plan can hold: they need more than there ever is, or their deadline is before their critical path. */
export function findUnreachable(compiled: CompiledProblem): Problem[] {
  const tooMuch = Array.from({ length: compiled.taskCount }, (_, task) =>
    needsAboveCapacity(compiled, task),
  ).flat();
  if (tooMuch.length > 0) return tooMuch;
  const earliest = earliestTimes(compiled);
  const withoutRoom = Array.from({ length: compiled.taskCount }, (_, task) =>
    noRoom(compiled, earliest, task),
  ).flat();
  if (withoutRoom.length > 0) return withoutRoom;
  return Array.from({ length: compiled.taskCount }, (_, task) =>
    earlyDeadline(compiled, earliest, task),
  ).flat();
}

function needsAboveCapacity(compiled: CompiledProblem, task: number): Problem[] {
  const { resourceCount, resourceNames, unitSizes } = compiled;
  const problems: Problem[] = [];
  for (
    let mode = compiled.modeOffsets[task] as number;
    mode < (compiled.modeOffsets[task + 1] as number);
    mode++
  ) {
    const above = resourceNames.flatMap((name, resource) => {
      const need = compiled.modeNeeds[mode * resourceCount + resource] as number;
      const most = (compiled.capacities[resource] as CompiledProblem["capacities"][number]).amounts.reduce(
        (a, b) => Math.max(a, b),
      );
      if (need <= most) return [];
      const unit = unitSizes[resource] as number;
      return {
        path: `tasks.${compiled.taskNames[task]}.${placeOfNeed(compiled, task, mode)}.${name}`,
        message: `task ${compiled.taskNames[task]} needs ${amount(need * unit)} of ${name}, of which there ${most * unit === 1 ? "is" : "are"} never more than ${amount(most * unit)}`,
      };
    });
    // One mode that can be done is enough.
    if (above.length === 0) return [];
    problems.push(...above);
  }
  return problems;
}

function placeOfNeed(compiled: CompiledProblem, task: number, mode: number): string {
  const description = compiled.problem.tasks[compiled.taskNames[task] as string] as TaskDescription;
  return description.modes === undefined ? "needs" : `modes.${compiled.modePlaces[mode]}.needs`;
}

/** What was scaled to whole units and back has a rounding error that nobody wants to read. */
function amount(value: number): number {
  return Number(value.toPrecision(12));
}

function noRoom(compiled: CompiledProblem, earliest: EarliestTimes, task: number): Problem[] {
  const isFirst =
    (earliest.waitsFor[task] as number) < 0 ||
    earliest.ends[earliest.waitsFor[task] as number] !== Number.POSITIVE_INFINITY;
  if (earliest.ends[task] !== Number.POSITIVE_INFINITY || !isFirst) return [];
  const name = compiled.taskNames[task];
  const needed = compiled.resourceNames.filter(
    (_, resource) =>
      (compiled.modeNeeds[
        (compiled.modeOffsets[task] as number) * compiled.resourceCount + resource
      ] as number) > 0,
  );
  return [
    {
      path: `tasks.${name}`,
      message: `no window of ${needed.join(" and ")} is long enough and large enough for task ${name} after the tasks it waits for`,
    },
  ];
}

function earlyDeadline(compiled: CompiledProblem, earliest: EarliestTimes, task: number): Problem[] {
  const end = earliest.ends[task] as number;
  if (end <= (compiled.deadlines[task] as number)) return [];
  const name = compiled.taskNames[task] as string;
  const path = pathTo(task, earliest).map((id) => compiled.taskNames[id]);
  const { deadline } = compiled.problem.tasks[name] as TaskDescription;
  return [
    {
      path: `tasks.${name}.deadline`,
      message: `is ${deadline} s, but the critical path ${path.join(" → ")} ends at ${amount(end * compiled.timeStep)} s at the earliest`,
    },
  ];
}

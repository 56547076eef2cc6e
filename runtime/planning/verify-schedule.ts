import type { Problem } from "../errors.ts";
import type { PlanningProblem, ResourceDescription, TaskDescription } from "./problem.ts";
import type { Schedule } from "./schedule.ts";
import { taskModes } from "./task-modes.ts";

/** Seconds, and parts of a capacity, by which sums of rounded numbers may be off. */
const TOLERANCE = 1e-6;

interface Interval {
  name: string;
  start: number;
  end: number;
  needs: Record<string, number>;
}

/**
 * Everything that is wrong with a schedule: releases, precedence, and every resource at every time. It works on the
 * problem as it is described and shares no code with what makes schedules.
 */
export function verifySchedule(problem: PlanningProblem, schedule: Schedule): Problem[] {
  const intervals = new Map<string, Interval>();
  const problems: Problem[] = [];
  for (const [name, task] of Object.entries(problem.tasks)) {
    const interval = intervalOf(name, task, schedule);
    if ("path" in interval) problems.push(interval);
    else intervals.set(name, interval);
  }
  if (problems.length > 0) return problems;
  for (const [name, task] of Object.entries(problem.tasks))
    problems.push(...orderProblems(intervals.get(name) as Interval, task, intervals));
  for (const [name, resource] of Object.entries(problem.resources))
    problems.push(...capacityProblems(name, resource, [...intervals.values()]));
  return problems;
}

function intervalOf(name: string, task: TaskDescription, { starts, modes }: Schedule): Interval | Problem {
  const start = starts[name];
  if (start === undefined || !Number.isFinite(start) || start < 0)
    return { path: `starts.${name}`, message: `must be seconds of 0 or more, not ${start}` };
  const choices = taskModes(task);
  const mode = choices[modes[name] ?? -1];
  if (mode === undefined)
    return { path: `modes.${name}`, message: `must be from 0 to ${choices.length - 1}, not ${modes[name]}` };
  return { name, start, end: start + mode.duration, needs: mode.needs };
}

function orderProblems(
  { name, start }: Interval,
  { release = 0, predecessors = [] }: TaskDescription,
  intervals: Map<string, Interval>,
): Problem[] {
  const path = `starts.${name}`;
  const early =
    start < release - TOLERANCE ? [{ path, message: `${start} is before its release ${release}` }] : [];
  return [
    ...early,
    ...predecessors.flatMap((predecessor) => {
      const end = (intervals.get(predecessor) as Interval).end;
      return start < end - TOLERANCE
        ? [{ path, message: `${start} is before its predecessor ${predecessor} ends, at ${end}` }]
        : [];
    }),
  ];
}

/** Walks over every time at which a task starts or ends or the capacity changes; tasks without duration hold nothing. */
function capacityProblems(
  resource: string,
  description: ResourceDescription,
  intervals: Interval[],
): Problem[] {
  const changes: { time: number; used: number; capacity: number }[] = [];
  for (const { start, end, needs } of intervals) {
    const used = needs[resource] ?? 0;
    if (used === 0 || end <= start) continue;
    // Shortened by the tolerance on both sides, so that one may start when the other ends.
    const margin = Math.min(TOLERANCE, (end - start) / 4);
    changes.push(
      { time: start + margin, used, capacity: 0 },
      { time: end - margin, used: -used, capacity: 0 },
    );
  }
  for (const { from, to, capacity } of description.windows ?? [])
    changes.push(
      { time: from, used: 0, capacity: capacity - description.capacity },
      { time: to, used: 0, capacity: description.capacity - capacity },
    );
  changes.sort((a, b) => a.time - b.time || a.used - b.used);
  let used = 0;
  let capacity = description.capacity;
  for (const [index, change] of changes.entries()) {
    used += change.used;
    capacity += change.capacity;
    if (changes[index + 1]?.time === change.time) continue;
    const most = Math.max(capacity, description.capacity);
    if (used > capacity + TOLERANCE * Math.max(most, 1e-300))
      return [
        {
          path: `resources.${resource}`,
          message: `${used} of it are used from ${Number(change.time.toFixed(3))} s on, where there are ${capacity}`,
        },
      ];
  }
  return [];
}

import type { CompiledProblem } from "./compiled-problem.ts";
import type { Schedule } from "./schedule.ts";
import type { CompiledSchedule } from "./strategies/strategy.ts";

/** A schedule in the names and seconds of its problem. */
export function namedSchedule(compiled: CompiledProblem, { starts, modes }: CompiledSchedule): Schedule {
  const { taskNames, timeStep, modePlaces } = compiled;
  return {
    starts: Object.fromEntries(
      taskNames.map((name, task) => [name, seconds(starts[task] as number, timeStep)]),
    ),
    modes: Object.fromEntries(
      taskNames.map((name, task) => [name, modePlaces[modes[task] as number] as number]),
    ),
  };
}

/** Steps are whole milliseconds: dividing once, at the end, keeps 0.3 from becoming 0.30000000000000004. */
function seconds(steps: number, timeStep: number): number {
  return (steps * Math.round(timeStep * 1000)) / 1000;
}

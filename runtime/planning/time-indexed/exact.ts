import type { CompiledProblem } from "../compiled-problem.ts";
import { type SolveOptions, solveLinearProgram } from "../linear-program.ts";
import { objectiveValue } from "../objective.ts";
import type { CompiledSchedule } from "../strategies/strategy.ts";
import { type TimeIndexedModel, timeIndexedModel } from "./model.ts";
import { safeHorizon } from "./start-windows.ts";

export type TimeIndexedAnswer =
  | { status: "optimal" | "feasible"; schedule: CompiledSchedule; bound: number }
  | { status: "infeasible" }
  | { status: "unknown"; bound: number };

/**
 * The integer time-indexed program, solved by branch and cut. With `known`, a schedule to begin from, only those as good
 * are in it.
 */
export async function solveTimeIndexed(
  compiled: CompiledProblem,
  options: Omit<SolveOptions, "start"> & { known?: CompiledSchedule | undefined } = {},
): Promise<TimeIndexedAnswer> {
  const { known, ...rest } = options;
  const knownCost = known === undefined ? undefined : objectiveValue(compiled, known);
  const model = timeIndexedModel(compiled, {
    horizon: safeHorizon(compiled),
    grid: 1,
    isInteger: true,
    knownCost,
  });
  const answer = await solveLinearProgram(model.program, {
    ...rest,
    start: known === undefined ? undefined : valuesOf(compiled, model, known),
  });
  if (answer.status === "infeasible") return { status: "infeasible" };
  if (answer.status === "unknown") return { status: "unknown", bound: answer.bound };
  return {
    status: answer.status,
    schedule: scheduleOf(compiled, model, answer.values),
    bound: answer.bound,
  };
}

function scheduleOf(
  { taskCount }: CompiledProblem,
  { starts: choices }: TimeIndexedModel,
  values: ArrayLike<number>,
): CompiledSchedule {
  const starts = new Float64Array(taskCount);
  const modes = new Int32Array(taskCount);
  for (const [index, { task, mode, time }] of choices.entries())
    if ((values[index] as number) > 0.5) {
      starts[task] = time;
      modes[task] = mode;
    }
  return { starts, modes };
}

function valuesOf(
  { modeDurations, taskCount, objective }: CompiledProblem,
  { program, starts: choices }: TimeIndexedModel,
  { starts, modes }: CompiledSchedule,
): Float64Array {
  const values = new Float64Array(program.variables.length);
  for (const [index, { task, mode, time }] of choices.entries())
    if (starts[task] === time && modes[task] === mode) values[index] = 1;
  if (objective.makespan > 0)
    for (let task = 0; task < taskCount; task++) {
      const end = (starts[task] as number) + (modeDurations[modes[task] as number] as number);
      values[values.length - 1] = Math.max(values.at(-1) as number, end);
    }
  return values;
}

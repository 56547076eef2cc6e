import type { CompiledProblem } from "../compiled-problem.ts";
import { type LinearSolution, type SolveOptions, solveLinearProgram } from "../linear-program.ts";
import { countStarts, type TimeIndexedModel, timeIndexedModel } from "./model.ts";
import { safeHorizon } from "./start-windows.ts";

/** Variables of the largest relaxation that is solved; a coarser grid keeps it below. */
const maximumVariables = 4000;

export interface Relaxation {
  /** No schedule's objective is below it. */
  bound: number;
  model: TimeIndexedModel;
  solution: LinearSolution;
  /** Steps of one interval. */
  grid: number;
}

/**
 * The linear relaxation of the time-indexed program, on a grid as coarse as its size asks for. It stays a relaxation
 * there: of a schedule with starts s, the starts floor(s / grid) of tasks shortened to floor(duration / grid) keep
 * precedence, and all tasks that run in an interval of the grid run together at its last step.
 *
 * @param options.horizon step by which the schedules end that the bound is for. Default: one by which some optimal one has.
 * @param options.knownCost the bound is for schedules that cost no more
 * @returns undefined where it has no solution within the horizon, or none was found in time
 */
export async function timeIndexedRelaxation(
  compiled: CompiledProblem,
  options: SolveOptions & { horizon?: number | undefined; knownCost?: number | undefined } = {},
): Promise<Relaxation | undefined> {
  const horizon = options.horizon ?? safeHorizon(compiled);
  const grid = gridFor(compiled, horizon);
  const model = timeIndexedModel(compiled, { horizon, grid, isInteger: false, knownCost: options.knownCost });
  const solution = await solveLinearProgram(model.program, options);
  if (solution.status !== "optimal") return undefined;
  return { bound: solution.objective, model, solution, grid };
}

function gridFor(compiled: CompiledProblem, horizon: number): number {
  let grid = 1;
  const count = () => countStarts(compiled, { horizon, grid, isInteger: false });
  for (let variables = count(); variables > maximumVariables && grid < horizon; variables = count())
    grid = Math.ceil(grid * Math.max(1.1, Math.min(8, variables / maximumVariables)));
  return grid;
}

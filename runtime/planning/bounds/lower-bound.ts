import type { CompiledProblem } from "../compiled-problem.ts";
import { objectiveValue } from "../objective.ts";
import type { CompiledSchedule } from "../strategies/strategy.ts";
import { timeIndexedRelaxation } from "../time-indexed/relaxation.ts";
import { simpleBounds } from "./simple-bounds.ts";

/** Tasks of the largest problem whose linear relaxation is worth its time beside a plan. */
const maximumRelaxedTasks = 60;

export interface LowerBound {
  /** The objective's value that no plan is below. */
  value: number;
  /** What proves it. */
  by: "critical-path" | "resource-energy" | "linear-relaxation" | "strategy";
}

export interface LowerBoundOptions {
  /** A plan that is known: only what is below its value is of interest. */
  known: CompiledSchedule;
  /** What the strategy has proved itself. */
  proven?: number | undefined;
  /** Seconds for the linear relaxation; 0: without it. Default 2. */
  relaxationSeconds?: number | undefined;
}

/** The best of the bounds that are known, the expensive one only where the others leave a gap. */
export async function lowerBound(compiled: CompiledProblem, options: LowerBoundOptions): Promise<LowerBound> {
  const { known, proven = Number.NEGATIVE_INFINITY, relaxationSeconds = 2 } = options;
  const value = objectiveValue(compiled, known);
  const simple = simpleBounds(compiled);
  const isByPath = simple.resourceEnergy.every((step) => step <= simple.criticalPath);
  let best: LowerBound = { value: simple.objective, by: isByPath ? "critical-path" : "resource-energy" };
  if (proven > best.value + tolerance(best.value)) best = { value: proven, by: "strategy" };
  if (
    relaxationSeconds > 0 &&
    compiled.taskCount <= maximumRelaxedTasks &&
    best.value < value - tolerance(value)
  ) {
    const relaxed = await relaxedBound(compiled, value, relaxationSeconds);
    if (relaxed > best.value + tolerance(best.value)) best = { value: relaxed, by: "linear-relaxation" };
  }
  // Rounding in sums must not put the bound above what was reached.
  return { ...best, value: Math.min(best.value, value) };
}

async function relaxedBound(compiled: CompiledProblem, known: number, seconds: number): Promise<number> {
  const relaxation = await timeIndexedRelaxation(compiled, { seconds, knownCost: known });
  if (relaxation === undefined) return Number.NEGATIVE_INFINITY;
  const { objective, timeStep } = compiled;
  const isMakespan =
    objective.weightedCompletion === 0 && objective.exceptionCost === 0 && objective.money === 0;
  if (!isMakespan || objective.makespan === 0) return relaxation.bound;
  // A makespan is a whole number of steps.
  const step = objective.makespan * timeStep;
  return Math.ceil(relaxation.bound / step - 1e-6) * step;
}

function tolerance(value: number): number {
  return 1e-9 * Math.max(1, Math.abs(value));
}

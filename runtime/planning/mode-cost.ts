import type { CompiledProblem } from "./compiled-problem.ts";

/** What a task adds to the objective where it runs in this mode and ends at this step; all but the makespan. */
export function costOfMode(compiled: CompiledProblem, task: number, mode: number, end: number): number {
  const { objective, timeStep } = compiled;
  const chance =
    end > (compiled.deadlines[task] as number) ? 1 : (compiled.exceptionProbabilities[task] as number);
  return (
    objective.weightedCompletion * (compiled.weights[task] as number) * end * timeStep +
    objective.exceptionCost * (compiled.exceptionCosts[task] as number) * chance +
    (objective.money === 0 ? 0 : objective.money * moneyOfMode(compiled, mode))
  );
}

/** Money for what the mode holds while it runs. */
export function moneyOfMode(compiled: CompiledProblem, mode: number): number {
  const { resourceCount, prices, modeNeeds, modeDurations } = compiled;
  let perStep = 0;
  for (let resource = 0; resource < resourceCount; resource++)
    perStep += (prices[resource] as number) * (modeNeeds[mode * resourceCount + resource] as number);
  return perStep * (modeDurations[mode] as number);
}

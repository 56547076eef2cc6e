import type { CompiledProblem } from "./compiled-problem.ts";

/** Steps and modes by task, in whichever kind of array. */
export interface PlacedTasks {
  readonly starts: ArrayLike<number>;
  readonly modes: ArrayLike<number>;
}

/** The parts of an objective, before their factors. */
export interface ObjectiveParts {
  /** Seconds at which the last task ends. */
  makespan: number;
  /** Σ weight × completion, seconds. */
  weightedCompletion: number;
  /** Σ exceptionCost × (1 where the task ends after its deadline, else exceptionProbability). */
  exceptionCost: number;
  /** Σ price × need × hours. */
  money: number;
}

export function objectiveParts(compiled: CompiledProblem, { starts, modes }: PlacedTasks): ObjectiveParts {
  const { timeStep, resourceCount } = compiled;
  const parts = { makespan: 0, weightedCompletion: 0, exceptionCost: 0, money: 0 };
  for (let task = 0; task < compiled.taskCount; task++) {
    const mode = modes[task] as number;
    const duration = compiled.modeDurations[mode] as number;
    const end = (starts[task] as number) + duration;
    if (end > parts.makespan) parts.makespan = end;
    parts.weightedCompletion += (compiled.weights[task] as number) * end;
    parts.exceptionCost +=
      (compiled.exceptionCosts[task] as number) *
      (end > (compiled.deadlines[task] as number) ? 1 : (compiled.exceptionProbabilities[task] as number));
    for (let resource = 0; resource < resourceCount; resource++)
      parts.money +=
        (compiled.prices[resource] as number) *
        (compiled.modeNeeds[mode * resourceCount + resource] as number) *
        duration;
  }
  parts.makespan *= timeStep;
  parts.weightedCompletion *= timeStep;
  return parts;
}

/** The value that a plan minimises. */
export function objectiveValue(compiled: CompiledProblem, schedule: PlacedTasks): number {
  const parts = objectiveParts(compiled, schedule);
  const { objective } = compiled;
  return (
    objective.makespan * parts.makespan +
    objective.weightedCompletion * parts.weightedCompletion +
    objective.exceptionCost * parts.exceptionCost +
    objective.money * parts.money
  );
}

import { ApiError } from "../../errors.ts";
import type { CompiledProblem } from "../compiled-problem.ts";
import { infeasiblePlan } from "../infeasible-plan.ts";
import { searchOptimum } from "./dynamic-programming/search.ts";
import type { Solution, Strategy, StrategyOptions } from "./strategy.ts";

/** Tasks of the largest problem that it takes. */
export const maximumTasks = 30;
/** Partial schedules that it keeps at most: about 160 MB. */
const maximumLabels = 400_000;

/**
 * Exact: its answer is proven to be the best there is. Problems of up to 30 tasks with at most 400,000 partial schedules
 * that none dominates; beyond that it refuses, rather than call something else optimal.
 */
export const dynamicProgramming: Strategy = {
  refuse({ taskCount }: CompiledProblem): string | undefined {
    if (taskCount <= maximumTasks) return undefined;
    return `dynamic programming takes at most ${maximumTasks} tasks, this problem has ${taskCount}`;
  },

  async solve(
    compiled: CompiledProblem,
    { signal, seconds, now = () => performance.now() }: StrategyOptions,
  ): Promise<Solution> {
    const until = seconds === undefined ? Number.POSITIVE_INFINITY : now() + seconds * 1000;
    const { best, end, labels } = searchOptimum(compiled, {
      maximumLabels,
      shouldStop: () => signal?.aborted === true || now() > until,
    });
    if (end === "too-many-labels")
      throw tooLarge(`keeps at most ${maximumLabels} partial schedules, and this problem has more`);
    if (end === "complete" && best === undefined) throw await infeasiblePlan(compiled);
    if (end === "stopped" || best === undefined)
      throw tooLarge(`was stopped after ${labels} partial schedules, before it knew what is best`);
    return { starts: best.starts, modes: best.modes, schedules: labels, provenBound: best.cost };
  },
};

function tooLarge(reason: string): ApiError {
  return new ApiError(`dynamic programming ${reason}; choose another strategy, or auto`, {
    status: 422,
    code: "too-large-for-strategy",
  });
}

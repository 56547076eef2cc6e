import type { CompiledProblem } from "../compiled-problem.ts";
import { infeasiblePlan } from "../infeasible-plan.ts";
import { parallelScheme } from "../schemes/parallel-scheme.ts";
import { type PriorityRuleName, priorityRules, rankByPriority } from "../schemes/priority-rules.ts";
import type { Solution, Strategy } from "./strategy.ts";

/** What gains most at once, without a look at what comes after it. */
function greedyRule({ objective }: CompiledProblem): PriorityRuleName {
  if (objective.weightedCompletion > 0) return "WSPT";
  return objective.exceptionCost > 0 ? "EDD" : "LPT";
}

/**
 * Starts whatever fits as soon as it fits: the task with the most weight for its time first, or the one due first, or
 * the longest (Graham: Bounds on multiprocessing timing anomalies, SIAM Journal on Applied Mathematics 17, 1969). One
 * schedule, and what a queue that sees no further would do.
 */
export const greedy: Strategy = {
  async solve(compiled: CompiledProblem): Promise<Solution> {
    const schedule = parallelScheme(compiled, rankByPriority(priorityRules[greedyRule(compiled)](compiled)));
    if (schedule === undefined) throw await infeasiblePlan(compiled);
    return { ...schedule, schedules: 1 };
  },
};

import type { CompiledProblem } from "../compiled-problem.ts";
import { infeasiblePlan } from "../infeasible-plan.ts";
import learned from "../learned-rule/model.json" with { type: "json" };
import { learnedPriorities } from "../learned-rule/ranking-model.ts";
import { rankByPriority } from "../schemes/priority-rules.ts";
import { scheduleByRanks } from "../schemes/schedule-by-ranks.ts";
import type { Solution, Strategy } from "./strategy.ts";

/**
 * A priority queue whose rule was learned: a small network ranks the tasks as the genetic strategy did on the problems
 * that it was trained with (bench/planner/train-learned-rule.ts). It was trained for the makespan.
 */
export const learnedRule: Strategy = {
  async solve(compiled: CompiledProblem): Promise<Solution> {
    const ranks = rankByPriority(learnedPriorities(compiled, learned.model));
    const solution = scheduleByRanks(compiled, ranks);
    if (solution === undefined) throw await infeasiblePlan(compiled);
    return solution;
  },
};

import type { CompiledProblem } from "../compiled-problem.ts";
import { infeasiblePlan } from "../infeasible-plan.ts";
import { type PriorityRuleName, priorityRules, rankByPriority } from "../schemes/priority-rules.ts";
import { scheduleByRanks } from "../schemes/schedule-by-ranks.ts";
import type { Solution, Strategy, StrategyOptions } from "./strategy.ts";

const ruleNames = Object.keys(priorityRules);

/** The rule that suits what is minimised most. */
function defaultRule({ objective }: CompiledProblem): PriorityRuleName {
  if (objective.makespan > 0) return "LFT";
  return objective.weightedCompletion > 0 ? "WSPT" : "EDD";
}

/**
 * A priority queue: by the rule that is asked for, the better one of the serial and the parallel scheme; of large
 * problems the parallel scheme alone.
 */
export const priority: Strategy = {
  refuse(_: CompiledProblem, { rule }: StrategyOptions): string | undefined {
    if (rule === undefined || ruleNames.includes(rule)) return undefined;
    return `there is no priority rule ${rule}; there are ${ruleNames.join(", ")}`;
  },

  async solve(
    compiled: CompiledProblem,
    { rule = defaultRule(compiled) }: StrategyOptions,
  ): Promise<Solution> {
    const ranks = rankByPriority(priorityRules[rule as PriorityRuleName](compiled));
    const solution = scheduleByRanks(compiled, ranks);
    if (solution === undefined) throw await infeasiblePlan(compiled);
    return solution;
  },
};

import { ApiError } from "../../errors.ts";
import type { CompiledProblem } from "../compiled-problem.ts";
import { infeasiblePlan } from "../infeasible-plan.ts";
import { parallelScheme } from "../schemes/parallel-scheme.ts";
import { priorityRules, rankByPriority } from "../schemes/priority-rules.ts";
import { solveTimeIndexed } from "../time-indexed/exact.ts";
import { countStarts } from "../time-indexed/model.ts";
import { safeHorizon } from "../time-indexed/start-windows.ts";
import type { Solution, Strategy, StrategyOptions } from "./strategy.ts";

/** Starts (tasks × modes × steps) of the largest program that it takes. */
export const maximumStarts = 20_000;

/**
 * The integer time-indexed program, by branch and cut: exact where it ends in time, else with a proven bound. It grows
 * with the number of steps: times that have a large common divisor make a small program.
 */
export const linearProgramming: Strategy = {
  refuse(compiled: CompiledProblem): string | undefined {
    const count = countStarts(compiled, { horizon: safeHorizon(compiled), grid: 1, isInteger: true });
    if (count <= maximumStarts) return undefined;
    return `linear programming takes at most ${maximumStarts} starts (tasks × modes × steps of ${compiled.timeStep} s), this problem has ${count}`;
  },

  async solve(compiled: CompiledProblem, { signal, seconds }: StrategyOptions): Promise<Solution> {
    // A plan to begin from leaves out every start that could only make a dearer one.
    const known = parallelScheme(compiled, rankByPriority(priorityRules.LFT(compiled)));
    const answer = await solveTimeIndexed(compiled, {
      known,
      seconds,
      shouldStop: () => signal?.aborted === true,
    });
    if (answer.status === "infeasible") throw await infeasiblePlan(compiled);
    if (answer.status === "unknown")
      throw new ApiError(
        "linear programming found no plan in the time it was given; give it more, or choose another strategy, or auto",
        { status: 422, code: "too-large-for-strategy" },
      );
    const { schedule, bound } = answer;
    return { ...schedule, schedules: 1, ...(Number.isFinite(bound) && { provenBound: bound }) };
  },
};

import { simpleBounds } from "../bounds/simple-bounds.ts";
import type { CompiledProblem } from "../compiled-problem.ts";
import type { Evaluation } from "../genetic/evaluation.ts";
import { GeneticSearch } from "../genetic/genetic-search.ts";
import { createSearchGrid } from "../genetic/search-grid.ts";
import { infeasiblePlan } from "../infeasible-plan.ts";
import { objectiveValue } from "../objective.ts";
import { priorityRules, rankByPriority } from "../schemes/priority-rules.ts";
import { scheduleByRanks } from "../schemes/schedule-by-ranks.ts";
import { serialScheme } from "../schemes/serial-scheme.ts";
import type { Solution, Strategy, StrategyOptions } from "./strategy.ts";

/** Schedules that are made where neither their number nor the time is given. */
const DEFAULT_SCHEDULES = 5_000;

/**
 * Searches with a genetic algorithm (genetic-search.ts) for as many schedules, or as long, as it is given; it ends
 * before when it reaches a lower bound. Same seed and number of schedules, same answer.
 */
export const genetic: Strategy = {
  async solve(compiled: CompiledProblem, options: StrategyOptions): Promise<Solution> {
    const { seed = 1, seconds, signal, onProgress, now = () => performance.now() } = options;
    const schedules =
      options.schedules ?? (seconds === undefined ? DEFAULT_SCHEDULES : Number.POSITIVE_INFINITY);
    const until = seconds === undefined ? Number.POSITIVE_INFINITY : now() + seconds * 1000;
    const known = scheduleByRanks(compiled, rankByPriority(priorityRules.LFT(compiled)));
    const grid = createSearchGrid(compiled, known === undefined ? undefined : endOf(compiled, known));
    const bound = simpleBounds(compiled).objective;
    // The search counts a makespan in steps of its grid, and anything else as the objective does.
    const { objective } = compiled;
    const isMakespan =
      objective.weightedCompletion === 0 && objective.exceptionCost === 0 && objective.money === 0;
    const scale = isMakespan ? Math.max(objective.makespan * grid.compiled.timeStep, Number.MIN_VALUE) : 1;
    const search = new GeneticSearch(grid, {
      seed,
      schedules: Math.max(1, schedules - (known?.schedules ?? 0)),
      bound: bound / scale + 1e-9 * Math.abs(bound / scale),
      shouldStop: () => signal?.aborted === true || now() > until,
      onProgress: (made, best) => onProgress?.({ schedules: made, best: best * scale, bound }),
    });
    const found = search.run();
    const solution = inSteps(compiled, grid.factor, found, known?.schedules ?? 0);
    if (solution === undefined && known === undefined) throw await infeasiblePlan(compiled);
    if (known === undefined || solution === undefined) return (solution ?? known) as Solution;
    const isBetter = objectiveValue(compiled, solution) <= objectiveValue(compiled, known);
    return isBetter ? solution : { ...known, schedules: solution.schedules };
  },
};

function endOf({ modeDurations }: CompiledProblem, { starts, modes }: Solution): number {
  return starts.reduce(
    (end, start, task) => Math.max(end, start + (modeDurations[modes[task] as number] as number)),
    0,
  );
}

/** What the search found, in the steps of the problem: where those of its grid are longer, without their rounding. */
function inSteps(
  compiled: CompiledProblem,
  factor: number,
  found: Evaluation,
  madeBefore: number,
): Solution | undefined {
  if (found.bestValue === Number.POSITIVE_INFINITY) return undefined;
  const modes = found.bestModes;
  const onGrid = { starts: Float64Array.from(found.bestStarts, (start) => start * factor), modes };
  const schedules = found.schedules + madeBefore;
  if (factor === 1) return { ...onGrid, schedules };
  const exact = serialScheme(compiled, found.bestList, modes);
  const isBetter = exact !== undefined && objectiveValue(compiled, exact) < objectiveValue(compiled, onGrid);
  return { ...(isBetter ? exact : onGrid), schedules: schedules + 1 };
}

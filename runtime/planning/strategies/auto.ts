import { ApiError } from "../../errors.ts";
import type { CompiledProblem } from "../compiled-problem.ts";
import { objectiveValue } from "../objective.ts";
import { dynamicProgramming } from "./dynamic-programming.ts";
import { genetic } from "./genetic.ts";
import { linearProgramming } from "./linear-programming.ts";
import { priority } from "./priority.ts";
import type { Solution, Strategy, StrategyOptions } from "./strategy.ts";

const DEFAULT_SECONDS = 10;
/** Schedules that the genetic search makes before an exact one is asked whether there is a better plan. */
const FIRST_SCHEDULES = 2_000;
/** Up to here an exact answer mostly takes less than a second. */
const MOST_TASKS_EXACT = 15;
/** Above it a single schedule takes so long that a search has no time for many: a rule answers. */
const MOST_TASKS_SEARCHED = 20_000;

/**
 * Picks by size and time: a priority rule for very large problems; else a genetic search, which small problems are
 * tried exactly after, by dynamic programming and then by the integer program; what time is left goes to the search.
 * The answer is the best of all, and names the strategy that made it.
 */
export const auto: Strategy = {
  async solve(compiled: CompiledProblem, options: StrategyOptions): Promise<Solution> {
    if (compiled.taskCount > MOST_TASKS_SEARCHED)
      return { ...(await priority.solve(compiled, {})), madeBy: "priority" };
    const { seconds = DEFAULT_SECONDS, now = () => performance.now(), signal } = options;
    const until = now() + seconds * 1000;
    const secondsLeft = () => Math.max(0, (until - now()) / 1000);
    const schedules = options.schedules ?? FIRST_SCHEDULES;
    let best = named(await genetic.solve(compiled, { ...options, seconds, schedules }), "genetic");
    if (isDone(best, schedules, signal)) return best;
    for (const [name, exact] of exactStrategies(compiled)) {
      if (signal?.aborted === true || secondsLeft() === 0) return best;
      const solution = await attempt(exact, compiled, { ...options, seconds: secondsLeft() / 2 });
      if (solution === undefined) continue;
      best = better(compiled, named(solution, name), best);
      if (isProven(compiled, best)) return best;
    }
    if (options.schedules !== undefined || secondsLeft() === 0) return best;
    const further = await genetic.solve(compiled, {
      ...options,
      seed: (options.seed ?? 1) + 1,
      seconds: secondsLeft(),
    });
    return better(compiled, named(further, "genetic"), best);
  },
};

/** The search stops before it has made all schedules where it reached a bound, or had to end. */
function isDone(solution: Solution, schedules: number, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true || solution.schedules < schedules - 2;
}

function exactStrategies({ taskCount }: CompiledProblem): [name: string, strategy: Strategy][] {
  return taskCount <= MOST_TASKS_EXACT
    ? [
        ["dynamic-programming", dynamicProgramming],
        ["linear-programming", linearProgramming],
      ]
    : [["linear-programming", linearProgramming]];
}

/** Undefined where it refuses, or finds nothing in the time it has. */
async function attempt(
  strategy: Strategy,
  compiled: CompiledProblem,
  options: StrategyOptions,
): Promise<Solution | undefined> {
  if (strategy.refuse?.(compiled, options) !== undefined) return undefined;
  try {
    return await strategy.solve(compiled, options);
  } catch (error) {
    if (error instanceof ApiError && error.code === "too-large-for-strategy") return undefined;
    throw error;
  }
}

function named(solution: Solution, madeBy: string): Solution {
  return { ...solution, madeBy };
}

/** The better one, of two as good the first, with the schedules and the higher bound of both. */
function better(compiled: CompiledProblem, first: Solution, second: Solution): Solution {
  const isFirst = objectiveValue(compiled, first) <= objectiveValue(compiled, second);
  const bounds = [first.provenBound, second.provenBound].filter((bound) => bound !== undefined);
  return {
    ...(isFirst ? first : second),
    schedules: first.schedules + second.schedules,
    ...(bounds.length > 0 && { provenBound: Math.max(...bounds) }),
  };
}

function isProven(compiled: CompiledProblem, { provenBound, ...solution }: Solution): boolean {
  const value = objectiveValue(compiled, solution);
  return provenBound !== undefined && value - provenBound <= 1e-9 * Math.max(1, value);
}

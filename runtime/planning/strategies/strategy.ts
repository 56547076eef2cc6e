import type { CompiledProblem } from "../compiled-problem.ts";

/** What a strategy may use; each looks at what concerns it. */
export interface StrategyOptions {
  /** Same seed, same problem, same answer, unless time ran out. Default 1. */
  seed?: number;
  /** The most schedules to make. */
  schedules?: number;
  /** Seconds that may be used; the best found until then is the answer. Needs `now`. */
  seconds?: number;
  /** Name of a rule of priority-rules.ts, for `priority`. */
  rule?: string;
  /** Ends the work early: the best found until then is the answer. */
  signal?: AbortSignal;
  /** Called now and then, at least with each better schedule. */
  onProgress?: (progress: StrategyProgress) => void;
  /** A clock in milliseconds. Default: performance.now. */
  now?: () => number;
}

export interface StrategyProgress {
  /** Schedules made so far. */
  schedules: number;
  /** The objective's value of the best of them (objective.ts). */
  best: number;
  /** No plan is better than it. */
  bound?: number;
}

/** A schedule in the numbers of a compiled problem. */
export interface CompiledSchedule {
  /** Task → step at which it starts. */
  readonly starts: Float64Array;
  /** Task → mode (an index of modeDurations) in which it runs. */
  readonly modes: Int32Array;
}

export interface Solution extends CompiledSchedule {
  /** How many times start times were made for all tasks, passes of an improvement included. */
  readonly schedules: number;
  /** A value of the objective that no plan is below, where the strategy has proved one. */
  readonly provenBound?: number;
  /** Name of the strategy that made it, where that is another one than the one that was asked. */
  readonly madeBy?: string;
}

export interface Strategy {
  /** Why it cannot solve this problem; undefined where it can. */
  refuse?(compiled: CompiledProblem, options: StrategyOptions): string | undefined;
  solve(compiled: CompiledProblem, options: StrategyOptions): Solution | Promise<Solution>;
}

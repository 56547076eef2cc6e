import type { CompiledProblem } from "../compiled-problem.ts";
import { tailsAfter } from "../critical-path.ts";
import { earliestTimes } from "../earliest-times.ts";
import { countSuccessors } from "./count-successors.ts";

/** Task → priority value: the lowest of the tasks that can start is the first. */
export type PriorityRule = (compiled: CompiledProblem) => Float64Array;

const shortest = ({ modeOffsets, modeDurations }: CompiledProblem, task: number): number =>
  modeDurations[modeOffsets[task] as number] as number;

const byTask = (compiled: CompiledProblem, valueFor: (task: number) => number): Float64Array => {
  const values = new Float64Array(compiled.taskCount);
  for (let task = 0; task < values.length; task++) values[task] = valueFor(task);
  return values;
};

const NEVER = Number.MAX_VALUE;

/**
 * Rules by their names in the literature (Kolisch: Efficient priority rules for the resource-constrained project
 * scheduling problem, Journal of Operations Management 14, 1996; WSPT: Smith, Various optimizers for single-stage
 * production, Naval Research Logistics Quarterly 3, 1956). Tasks with several modes count with their shortest.
 */
export const priorityRules = {
  /** Latest finish time. */
  LFT: (compiled) => {
    const tails = tailsAfter(compiled);
    return byTask(compiled, (task) => -(tails[task] as number));
  },
  /** Latest start time. */
  LST: (compiled) => {
    const tails = tailsAfter(compiled);
    return byTask(compiled, (task) => -(tails[task] as number) - shortest(compiled, task));
  },
  /** Minimum slack. */
  MSLK: (compiled) => {
    const tails = tailsAfter(compiled);
    const { ends, length } = earliestTimes(compiled);
    return byTask(compiled, (task) => length - (tails[task] as number) - (ends[task] as number));
  },
  /** Most total successors. */
  MTS: (compiled) => {
    const successors = countSuccessors(compiled.graph, compiled.topologicalOrder);
    return byTask(compiled, (task) => -(successors[task] as number));
  },
  /** Greatest rank positional weight: its duration and those of its immediate successors. */
  GRPW: (compiled) => {
    const { successorOffsets, successors } = compiled.graph;
    return byTask(compiled, (task) => {
      let weight = shortest(compiled, task);
      for (let at = successorOffsets[task] as number; at < (successorOffsets[task + 1] as number); at++)
        weight += shortest(compiled, successors[at] as number);
      return -weight;
    });
  },
  /** Shortest processing time. */
  SPT: (compiled) => byTask(compiled, (task) => shortest(compiled, task)),
  /** Longest processing time. */
  LPT: (compiled) => byTask(compiled, (task) => -shortest(compiled, task)),
  /** Weighted shortest processing time: the greatest weight per step. */
  WSPT: (compiled) =>
    byTask(compiled, (task) => {
      const weight = compiled.weights[task] as number;
      return weight === 0 ? NEVER : shortest(compiled, task) / weight;
    }),
  /** Earliest due date. */
  EDD: (compiled) => byTask(compiled, (task) => Math.min(NEVER, compiled.deadlines[task] as number)),
  /** First come, first served: by release, then as they are described. */
  FCFS: (compiled) => compiled.releases.slice(),
} as const satisfies Record<string, PriorityRule>;

export type PriorityRuleName = keyof typeof priorityRules;

/** Task → its place when tasks are ordered by priority; where two are as good, as they are described. */
export function rankByPriority(values: Float64Array): Int32Array {
  const order = Int32Array.from(values, (_, task) => task);
  order.sort((a, b) => (values[a] as number) - (values[b] as number) || a - b);
  const ranks = new Int32Array(values.length);
  order.forEach((task, rank) => {
    ranks[task] = rank;
  });
  return ranks;
}

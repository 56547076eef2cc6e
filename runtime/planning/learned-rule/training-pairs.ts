import type { CompiledProblem } from "../compiled-problem.ts";
import { GridDecoder } from "../genetic/grid-decoder.ts";
import { TimeOrder } from "../genetic/time-order.ts";
import type { Random } from "../random.ts";
import type { CompiledSchedule } from "../strategies/strategy.ts";
import { FEATURES, taskFeatures } from "./features.ts";

/** Two tasks that were waiting at the same time, by their features, the more urgent one first. */
export interface TrainingPair {
  first: Float64Array;
  other: Float64Array;
}

/**
 * What a good schedule knows about urgency: every task is moved as far to the right as the makespan allows, and of two
 * tasks that waited for resources at the same time the one that must start before the other is the more urgent one.
 * @param compiled one whose tasks have one mode each
 * @param most of them drawn at random, so that large problems do not outweigh small ones
 */
export function trainingPairs(
  compiled: CompiledProblem,
  schedule: CompiledSchedule,
  most: number,
  random: Random,
): TrainingPair[] {
  const { taskCount } = compiled;
  const features = taskFeatures(compiled);
  const of = (task: number) => features.subarray(task * FEATURES.length, (task + 1) * FEATURES.length);
  const ready = readyTimes(compiled, schedule);
  const latest = latestStarts(compiled, schedule);
  const waited = (task: number, other: number) =>
    (ready[task] as number) <= (schedule.starts[other] as number) &&
    (ready[other] as number) <= (schedule.starts[task] as number);
  const pairs: TrainingPair[] = [];
  for (let task = 0; task < taskCount; task++)
    for (let other = 0; other < taskCount; other++)
      if ((latest[task] as number) < (latest[other] as number) && waited(task, other))
        pairs.push({ first: of(task), other: of(other) });
  for (let place = 0; place < Math.min(most, pairs.length); place++) {
    const drawn = place + random.below(pairs.length - place);
    [pairs[place], pairs[drawn]] = [pairs[drawn] as TrainingPair, pairs[place] as TrainingPair];
  }
  return pairs.slice(0, most);
}

/** Task → step at which its last predecessor has ended. */
function readyTimes(compiled: CompiledProblem, schedule: CompiledSchedule): Float64Array {
  const { graph } = compiled;
  const ready = Float64Array.from(compiled.releases);
  for (let task = 0; task < ready.length; task++)
    for (
      let at = graph.predecessorOffsets[task] as number;
      at < (graph.predecessorOffsets[task + 1] as number);
      at++
    )
      ready[task] = Math.max(
        ready[task] as number,
        endOf(compiled, schedule, graph.predecessors[at] as number),
      );
  return ready;
}

function latestStarts(compiled: CompiledProblem, schedule: CompiledSchedule): Int32Array {
  const ends = Int32Array.from(schedule.starts, (_, task) => endOf(compiled, schedule, task));
  const makespan = ends.reduce((a, b) => Math.max(a, b), 0);
  const order = new Int32Array(compiled.taskCount);
  new TimeOrder(makespan).descending(compiled.topologicalOrder.toReversed(), ends, makespan, order);
  const decoder = new GridDecoder(compiled, makespan);
  decoder.backwards(order, makespan);
  return decoder.starts;
}

function endOf(
  { modeDurations }: CompiledProblem,
  { starts, modes }: CompiledSchedule,
  task: number,
): number {
  return (starts[task] as number) + (modeDurations[modes[task] as number] as number);
}

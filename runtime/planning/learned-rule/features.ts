import type { CompiledProblem } from "../compiled-problem.ts";
import { tailsAfter } from "../critical-path.ts";
import { earliestTimes } from "../earliest-times.ts";
import { countSuccessors } from "../schemes/count-successors.ts";

/** What the model knows of a task; each is from 0 to 1 within its problem. */
export const FEATURES = [
  "the longest chain after it",
  "its duration and the longest chain after it",
  "its slack",
  "all tasks after it",
  "its immediate successors",
  "its duration",
  "the greatest share of a resource that it needs",
  "the mean share of the resources that it needs",
  "the share it needs of the resource with the most work",
  "its work: duration times mean share",
  "the chain after it with the most work",
  "its earliest start",
] as const;

/** Task × feature, in linear time and memory. Tasks with several modes count in their shortest. */
export function taskFeatures(compiled: CompiledProblem): Float64Array {
  const { taskCount, graph, modeOffsets, modeDurations } = compiled;
  const tails = tailsAfter(compiled);
  const earliest = earliestTimes(compiled);
  const successors = countSuccessors(graph, compiled.topologicalOrder);
  const shares = resourceShares(compiled);
  const duration = (task: number) => modeDurations[modeOffsets[task] as number] as number;
  const work = Float64Array.from(
    { length: taskCount },
    (_, task) => duration(task) * (shares.mean[task] as number),
  );
  const workAfter = heaviestChains(compiled, work);
  const columns: ((task: number) => number)[] = [
    (task) => tails[task] as number,
    (task) => duration(task) + (tails[task] as number),
    (task) => earliest.length - (earliest.ends[task] as number) - (tails[task] as number),
    (task) => successors[task] as number,
    (task) => (graph.successorOffsets[task + 1] as number) - (graph.successorOffsets[task] as number),
    duration,
    (task) => shares.greatest[task] as number,
    (task) => shares.mean[task] as number,
    (task) => shares.ofBusiest[task] as number,
    (task) => work[task] as number,
    (task) => workAfter[task] as number,
    (task) => earliest.starts[task] as number,
  ];
  const features = new Float64Array(taskCount * FEATURES.length);
  columns.forEach((valueFor, column) => {
    let most = 0;
    for (let task = 0; task < taskCount; task++) most = Math.max(most, valueFor(task));
    for (let task = 0; task < taskCount; task++)
      features[task * FEATURES.length + column] = most === 0 ? 0 : valueFor(task) / most;
  });
  return features;
}

/** Task → what it needs as parts of the capacity: of one resource at most, on average, and of the busiest one. */
function resourceShares(compiled: CompiledProblem) {
  const { taskCount, resourceCount, modeOffsets, modeNeeds, modeDurations, capacities } = compiled;
  const most = capacities.map(({ amounts }) =>
    Math.max(
      1,
      amounts.reduce((a, b) => Math.max(a, b)),
    ),
  );
  const share = (task: number, resource: number) =>
    (modeNeeds[(modeOffsets[task] as number) * resourceCount + resource] as number) /
    (most[resource] as number);
  const load = new Float64Array(resourceCount);
  const greatest = new Float64Array(taskCount);
  const mean = new Float64Array(taskCount);
  for (let task = 0; task < taskCount; task++)
    for (let resource = 0; resource < resourceCount; resource++) {
      const part = share(task, resource);
      (load[resource] as number) += part * (modeDurations[modeOffsets[task] as number] as number);
      greatest[task] = Math.max(greatest[task] as number, part);
      (mean[task] as number) += part / resourceCount;
    }
  const busiest = load.indexOf(load.reduce((a, b) => Math.max(a, b), 0));
  const ofBusiest = Float64Array.from(mean, (_, task) => (busiest < 0 ? 0 : share(task, busiest)));
  return { greatest, mean, ofBusiest };
}

function heaviestChains({ graph, topologicalOrder }: CompiledProblem, work: Float64Array): Float64Array {
  const chains = new Float64Array(work.length);
  for (let position = work.length - 1; position >= 0; position--) {
    const task = topologicalOrder[position] as number;
    const until = graph.successorOffsets[task + 1] as number;
    for (let at = graph.successorOffsets[task] as number; at < until; at++) {
      const successor = graph.successors[at] as number;
      chains[task] = Math.max(
        chains[task] as number,
        (chains[successor] as number) + (work[successor] as number),
      );
    }
  }
  return chains;
}

import type { CompiledProblem } from "./compiled-problem.ts";

/**
 * Task → steps that must pass between its end and the end of the last task after it, each task in its fastest way
 * (the backward pass of the critical path method, counted from the end).
 */
export function tailsAfter({
  graph,
  topologicalOrder,
  modeOffsets,
  modeDurations,
}: CompiledProblem): Float64Array {
  const tails = new Float64Array(topologicalOrder.length);
  for (let position = topologicalOrder.length - 1; position >= 0; position--) {
    const task = topologicalOrder[position] as number;
    const until = graph.successorOffsets[task + 1] as number;
    let tail = 0;
    for (let at = graph.successorOffsets[task] as number; at < until; at++) {
      const successor = graph.successors[at] as number;
      const length =
        (tails[successor] as number) + (modeDurations[modeOffsets[successor] as number] as number);
      if (length > tail) tail = length;
    }
    tails[task] = tail;
  }
  return tails;
}

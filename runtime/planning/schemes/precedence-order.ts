import type { PrecedenceGraph } from "../precedence-graph.ts";
import { EventHeap } from "./event-heap.ts";

/** All tasks, each after its predecessors, and of those that could be next always the one of the lowest rank. */
export function precedenceOrder(graph: PrecedenceGraph, ranks: Int32Array): Int32Array {
  const taskCount = ranks.length;
  const waitsFor = new Int32Array(taskCount);
  const eligible = new EventHeap(taskCount);
  for (let task = 0; task < taskCount; task++) {
    waitsFor[task] =
      (graph.predecessorOffsets[task + 1] as number) - (graph.predecessorOffsets[task] as number);
    if (waitsFor[task] === 0) eligible.push(ranks[task] as number, task);
  }
  const order = new Int32Array(taskCount);
  for (let position = 0; position < taskCount; position++) {
    const task = eligible.pop();
    order[position] = task;
    for (
      let at = graph.successorOffsets[task] as number;
      at < (graph.successorOffsets[task + 1] as number);
      at++
    ) {
      const successor = graph.successors[at] as number;
      if (--(waitsFor[successor] as number) === 0) eligible.push(ranks[successor] as number, successor);
    }
  }
  return order;
}

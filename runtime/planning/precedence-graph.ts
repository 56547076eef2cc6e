/** Who waits for whom, as two lists of lists in flat arrays: those of task i lie from offsets[i] to offsets[i + 1]. */
export interface PrecedenceGraph {
  readonly predecessorOffsets: Int32Array;
  readonly predecessors: Int32Array;
  readonly successorOffsets: Int32Array;
  readonly successors: Int32Array;
}

/** @param predecessorsOf for each task the ids of its predecessors; one that is named twice counts once */
export function createPrecedenceGraph(predecessorsOf: readonly (readonly number[])[]): PrecedenceGraph {
  const taskCount = predecessorsOf.length;
  const unique = predecessorsOf.map((ids) => (ids.length > 1 ? [...new Set(ids)] : ids));
  const predecessorOffsets = new Int32Array(taskCount + 1);
  const successorOffsets = new Int32Array(taskCount + 1);
  unique.forEach((ids, task) => {
    predecessorOffsets[task + 1] = (predecessorOffsets[task] as number) + ids.length;
    for (const id of ids) (successorOffsets[id + 1] as number)++;
  });
  for (let task = 0; task < taskCount; task++)
    (successorOffsets[task + 1] as number) += successorOffsets[task] as number;
  const predecessors = new Int32Array(predecessorOffsets[taskCount] as number);
  const successors = new Int32Array(predecessors.length);
  const filled = successorOffsets.slice();
  unique.forEach((ids, task) => {
    predecessors.set(ids, predecessorOffsets[task]);
    for (const id of ids) successors[(filled[id] as number)++] = task;
  });
  return { predecessorOffsets, predecessors, successorOffsets, successors };
}

/** Tasks, each after all of its predecessors; shorter than the graph where it has a cycle. */
export function topologicalOrder(graph: PrecedenceGraph): Int32Array {
  const taskCount = graph.predecessorOffsets.length - 1;
  const order = new Int32Array(taskCount);
  const waitsFor = new Int32Array(taskCount);
  let found = 0;
  for (let task = 0; task < taskCount; task++) {
    waitsFor[task] =
      (graph.predecessorOffsets[task + 1] as number) - (graph.predecessorOffsets[task] as number);
    if (waitsFor[task] === 0) order[found++] = task;
  }
  for (let next = 0; next < found; next++) {
    const task = order[next] as number;
    for (
      let at = graph.successorOffsets[task] as number;
      at < (graph.successorOffsets[task + 1] as number);
      at++
    ) {
      const successor = graph.successors[at] as number;
      if (--(waitsFor[successor] as number) === 0) order[found++] = successor;
    }
  }
  return order.subarray(0, found);
}

/** Cycles that have no task in common, each as tasks that wait for the next one, the last for the first. */
export function findCycles(graph: PrecedenceGraph): number[][] {
  const taskCount = graph.predecessorOffsets.length - 1;
  const isLeft = new Uint8Array(taskCount).fill(1);
  for (const task of topologicalOrder(graph)) isLeft[task] = 0;
  // Every task that is left has a predecessor that is left: walking on from one to the next must come round.
  const walkOf = new Int32Array(taskCount);
  const cycles: number[][] = [];
  for (let start = 0, walk = 1; start < taskCount; start++, walk++) {
    if (isLeft[start] === 0 || walkOf[start] !== 0) continue;
    const path: number[] = [];
    let task = start;
    while (walkOf[task] === 0) {
      walkOf[task] = walk;
      path.push(task);
      task = leftPredecessor(graph, isLeft, task);
    }
    if (walkOf[task] === walk) cycles.push(path.slice(path.indexOf(task)));
  }
  return cycles;
}

function leftPredecessor(graph: PrecedenceGraph, isLeft: Uint8Array, task: number): number {
  let at = graph.predecessorOffsets[task] as number;
  while (isLeft[graph.predecessors[at] as number] === 0) at++;
  return graph.predecessors[at] as number;
}

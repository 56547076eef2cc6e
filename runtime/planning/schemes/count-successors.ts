import type { PrecedenceGraph } from "../precedence-graph.ts";
import { Random } from "../random.ts";

/** Up to here every successor is counted; it takes tasks² / 8 bytes. */
const MOST_EXACT = 4_000;
const SAMPLES = 24;

/** Task → number of all tasks that wait for it, directly or not. Above 4,000 tasks an estimate, always the same one. */
export function countSuccessors(graph: PrecedenceGraph, topologicalOrder: Int32Array): Float64Array {
  return topologicalOrder.length <= MOST_EXACT
    ? countExactly(graph, topologicalOrder)
    : estimate(graph, topologicalOrder);
}

function countExactly(graph: PrecedenceGraph, topologicalOrder: Int32Array): Float64Array {
  const taskCount = topologicalOrder.length;
  const words = (taskCount + 31) >>> 5;
  const after = new Int32Array(taskCount * words);
  const counts = new Float64Array(taskCount);
  for (let position = taskCount - 1; position >= 0; position--) {
    const task = topologicalOrder[position] as number;
    const own = task * words;
    for (
      let at = graph.successorOffsets[task] as number;
      at < (graph.successorOffsets[task + 1] as number);
      at++
    ) {
      const successor = graph.successors[at] as number;
      for (let word = 0; word < words; word++)
        (after[own + word] as number) |= after[successor * words + word] as number;
      (after[own + (successor >>> 5)] as number) |= 1 << (successor & 31);
    }
    let count = 0;
    for (let word = 0; word < words; word++) count += bitsIn(after[own + word] as number);
    counts[task] = count;
  }
  return counts;
}

function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * Every task draws exponentially distributed numbers; the smallest one in a set tells how large the set is (Cohen:
 * Size-estimation framework with applications to transitive closure and reachability, Journal of Computer and System
 * Sciences 55, 1997). The standard error is 1 / √(SAMPLES − 2), about a fifth; time and memory stay linear.
 */
function estimate(graph: PrecedenceGraph, topologicalOrder: Int32Array): Float64Array {
  const taskCount = topologicalOrder.length;
  const random = new Random(1);
  const own = Float64Array.from({ length: taskCount * SAMPLES }, () => -Math.log(1 - random.next()));
  const least = new Float64Array(taskCount * SAMPLES).fill(Number.POSITIVE_INFINITY);
  const counts = new Float64Array(taskCount);
  for (let position = taskCount - 1; position >= 0; position--) {
    const task = topologicalOrder[position] as number;
    const until = graph.successorOffsets[task + 1] as number;
    if (until === graph.successorOffsets[task]) continue;
    let sum = 0;
    for (let sample = 0; sample < SAMPLES; sample++) {
      let minimum = Number.POSITIVE_INFINITY;
      for (let at = graph.successorOffsets[task] as number; at < until; at++) {
        const place = (graph.successors[at] as number) * SAMPLES + sample;
        minimum = Math.min(minimum, own[place] as number, least[place] as number);
      }
      least[task * SAMPLES + sample] = minimum;
      sum += minimum;
    }
    counts[task] = (SAMPLES - 1) / sum;
  }
  return counts;
}

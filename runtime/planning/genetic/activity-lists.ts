import type { CompiledProblem } from "../compiled-problem.ts";
import { tailsAfter } from "../critical-path.ts";
import type { Random } from "../random.ts";

/** How a task is moved in a list, per list on average. */
const MOVES = 4;

/**
 * Makes activity lists: all tasks, each after its predecessors, as the serial scheme places them (Hartmann: A
 * competitive genetic algorithm for resource-constrained project scheduling, Naval Research Logistics 45, 1998).
 * Nothing is allocated per list.
 */
export class ActivityLists {
  readonly #compiled: CompiledProblem;
  readonly #random: Random;
  readonly #tails: Float64Array;
  readonly #waitsFor: Int32Array;
  readonly #eligible: Int32Array;
  readonly #taken: Uint8Array;

  constructor(compiled: CompiledProblem, random: Random) {
    this.#compiled = compiled;
    this.#random = random;
    this.#tails = tailsAfter(compiled);
    this.#waitsFor = new Int32Array(compiled.taskCount);
    this.#eligible = new Int32Array(compiled.taskCount);
    this.#taken = new Uint8Array(compiled.taskCount);
  }

  /**
   * Fills a list at random, tasks with an early latest finish time being likelier to be first: in proportion to the
   * regret of not taking them (regret-based biased random sampling; Kolisch and Drexl: Adaptive search for solving
   * hard project scheduling problems, Naval Research Logistics 43, 1996).
   */
  sample(list: Int32Array): void {
    const { taskCount, graph } = this.#compiled;
    const waitsFor = this.#waitsFor;
    const eligible = this.#eligible;
    const tails = this.#tails;
    let count = 0;
    for (let task = 0; task < taskCount; task++) {
      waitsFor[task] =
        (graph.predecessorOffsets[task + 1] as number) - (graph.predecessorOffsets[task] as number);
      if (waitsFor[task] === 0) eligible[count++] = task;
    }
    for (let position = 0; position < taskCount; position++) {
      const at = this.#drawEligible(count, tails);
      const task = eligible[at] as number;
      eligible[at] = eligible[--count] as number;
      list[position] = task;
      const until = graph.successorOffsets[task + 1] as number;
      for (let next = graph.successorOffsets[task] as number; next < until; next++) {
        const successor = graph.successors[next] as number;
        if (--(waitsFor[successor] as number) === 0) eligible[count++] = successor;
      }
    }
  }

  #drawEligible(count: number, tails: Float64Array): number {
    const eligible = this.#eligible;
    let least = Number.POSITIVE_INFINITY;
    let sum = 0;
    for (let at = 0; at < count; at++) {
      const tail = tails[eligible[at] as number] as number;
      if (tail < least) least = tail;
      sum += tail;
    }
    sum += count * (1 - least);
    let left = this.#random.next() * sum;
    let at = 0;
    for (; at < count - 1; at++) {
      left -= (tails[eligible[at] as number] as number) - least + 1;
      if (left < 0) break;
    }
    return at;
  }

  /**
   * Two-point crossover: the mother's list up to a first point, then tasks in the order of the father up to a second
   * one, then the rest in the mother's order.
   * @param modes where tasks have several: those of mother and father, each task keeping the parent's that placed it
   */
  cross(
    mother: Int32Array,
    father: Int32Array,
    child: Int32Array,
    modes?: { mother: Int32Array; father: Int32Array; child: Int32Array },
  ): void {
    const length = child.length;
    const taken = this.#taken.fill(0);
    let first = this.#random.below(length + 1);
    let second = this.#random.below(length + 1);
    if (first > second) [first, second] = [second, first];
    let position = 0;
    const copy = (parent: Int32Array, until: number, parentModes: Int32Array | undefined) => {
      for (let at = 0; position < until; at++) {
        const task = parent[at] as number;
        if (taken[task] === 1) continue;
        taken[task] = 1;
        child[position++] = task;
        if (modes !== undefined) modes.child[task] = (parentModes as Int32Array)[task] as number;
      }
    };
    copy(mother, first, modes?.mother);
    copy(father, second, modes?.father);
    copy(mother, length, modes?.mother);
  }

  /** Moves some tasks to other positions between their last predecessor and their first successor. */
  mutate(list: Int32Array): void {
    const length = list.length;
    const probability = MOVES / length;
    for (let position = 0; position < length; position++) {
      if (this.#random.next() >= probability) continue;
      const task = list[position] as number;
      let low = position;
      while (low > 0 && !this.#isPredecessor(list[low - 1] as number, task)) low--;
      let high = position;
      while (high < length - 1 && !this.#isPredecessor(task, list[high + 1] as number)) high++;
      const target = low + this.#random.below(high - low + 1);
      if (target < position) list.copyWithin(target + 1, target, position);
      else list.copyWithin(position, position + 1, target + 1);
      list[target] = task;
    }
  }

  /** Gives some tasks another mode. */
  mutateModes(modes: Int32Array): void {
    const { modeOffsets } = this.#compiled;
    const probability = MOVES / modes.length;
    for (let task = 0; task < modes.length; task++) {
      if (this.#random.next() >= probability) continue;
      const first = modeOffsets[task] as number;
      modes[task] = first + this.#random.below((modeOffsets[task + 1] as number) - first);
    }
  }

  #isPredecessor(before: number, after: number): boolean {
    const { predecessorOffsets, predecessors } = this.#compiled.graph;
    const until = predecessorOffsets[after + 1] as number;
    for (let at = predecessorOffsets[after] as number; at < until; at++)
      if (predecessors[at] === before) return true;
    return false;
  }
}

import type { CompiledProblem } from "../compiled-problem.ts";
import { Random } from "../random.ts";

const NONE = 0;
const MOST = 2 ** 31 - 1;

/**
 * What is free of every resource over time: breakpoints, each with what is free from it until the next one, in a
 * treap (Seidel and Aragon: Randomized search trees, Algorithmica 16, 1996). Every node knows the least and the most
 * that is free below it, so that times with too little, and those with enough, are found in logarithmic time. Memory
 * grows with the number of breakpoints: at most two a task and the changes of capacity.
 */
export class ResourceProfile {
  readonly #resourceCount: number;
  /** Mode × resource, what earliestRoom and take are asked for. */
  readonly #needs: Int32Array;
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  /** No node's is above its parent's. */
  readonly #order: Int32Array;
  readonly #times: Float64Array;
  /** Node × resource: what is free from the node's time on. */
  readonly #free: Int32Array;
  /** Node × resource: the least and the most that is free in its subtree. */
  readonly #least: Int32Array;
  readonly #most: Int32Array;
  /** Node × resource: what is still to be added to everything below the node. */
  readonly #pending: Int32Array;
  readonly #random = new Random(1);
  #root = NONE;
  #size = 1;
  #need = 0;

  constructor(compiled: CompiledProblem) {
    const { resourceCount, capacities } = compiled;
    const changes = [...new Set(capacities.flatMap(({ times }) => [...times])), 0].sort((a, b) => a - b);
    const nodes = changes.length + 2 * compiled.taskCount + 1;
    this.#resourceCount = resourceCount;
    this.#needs = compiled.modeNeeds;
    this.#left = new Int32Array(nodes);
    this.#right = new Int32Array(nodes);
    this.#order = new Int32Array(nodes);
    this.#times = new Float64Array(nodes);
    this.#free = new Int32Array(nodes * resourceCount);
    this.#least = new Int32Array(nodes * resourceCount);
    this.#most = new Int32Array(nodes * resourceCount);
    this.#pending = new Int32Array(nodes * resourceCount);
    // Nothing below is neither too little nor enough.
    this.#least.fill(MOST, 0, resourceCount);
    this.#most.fill(-1, 0, resourceCount);
    for (const time of changes) this.#breakAt(time);
    capacities.forEach(({ times, amounts }, resource) => {
      for (let piece = 0; piece < times.length; piece++)
        this.#add(
          this.#root,
          times[piece] as number,
          (times[piece + 1] ?? Number.POSITIVE_INFINITY) as number,
          0,
          Number.POSITIVE_INFINITY,
          resource,
          amounts[piece] as number,
        );
    });
  }

  /** The first step at or after `ready` from which on a mode has what it needs until it ends; Infinity if there is none. */
  earliestRoom(mode: number, duration: number, ready: number): number {
    if (duration <= 0) return ready;
    this.#need = mode * this.#resourceCount;
    let start = ready;
    if (this.#isShort(this.#floor(start), this.#free))
      start = this.#timeOf(this.#firstEnough(this.#root, start));
    while (start !== Number.POSITIVE_INFINITY) {
      const short = this.#timeOf(this.#firstShort(this.#root, start));
      if (short >= start + duration) break;
      start = this.#timeOf(this.#firstEnough(this.#root, short));
    }
    return start;
  }

  /** Takes what a mode needs from `start` until it ends. */
  take(mode: number, duration: number, start: number): void {
    if (duration <= 0) return;
    this.#need = mode * this.#resourceCount;
    const end = start + duration;
    this.#breakAt(start);
    this.#breakAt(end);
    for (let resource = 0; resource < this.#resourceCount; resource++) {
      const need = this.#needs[this.#need + resource] as number;
      if (need > 0) this.#add(this.#root, start, end, 0, Number.POSITIVE_INFINITY, resource, -need);
    }
  }

  #timeOf(node: number): number {
    return node === NONE ? Number.POSITIVE_INFINITY : (this.#times[node] as number);
  }

  /** Whether some resource of the node (of the subtree, with its least) is less than the need. */
  #isShort(node: number, amounts: Int32Array): boolean {
    const place = node * this.#resourceCount;
    for (let resource = 0; resource < this.#resourceCount; resource++)
      if ((amounts[place + resource] as number) < (this.#needs[this.#need + resource] as number)) return true;
    return false;
  }

  /** The last breakpoint at or before a time. */
  #floor(time: number): number {
    let found = NONE;
    for (let node = this.#root; node !== NONE; ) {
      this.#pushDown(node);
      if ((this.#times[node] as number) <= time) {
        found = node;
        node = this.#right[node] as number;
      } else node = this.#left[node] as number;
    }
    return found;
  }

  /** The first breakpoint after a time with less than the need of some resource. */
  #firstShort(node: number, after: number): number {
    if (node === NONE || !this.#isShort(node, this.#least)) return NONE;
    this.#pushDown(node);
    if ((this.#times[node] as number) > after) {
      const before = this.#firstShort(this.#left[node] as number, after);
      if (before !== NONE) return before;
      if (this.#isShort(node, this.#free)) return node;
    }
    return this.#firstShort(this.#right[node] as number, after);
  }

  /** The first breakpoint after a time with the need of every resource. */
  #firstEnough(node: number, after: number): number {
    if (node === NONE || this.#isShort(node, this.#most)) return NONE;
    this.#pushDown(node);
    if ((this.#times[node] as number) > after) {
      const before = this.#firstEnough(this.#left[node] as number, after);
      if (before !== NONE) return before;
      if (!this.#isShort(node, this.#free)) return node;
    }
    return this.#firstEnough(this.#right[node] as number, after);
  }

  /** Adds to a resource from a time until another, in a subtree whose times are from `from` to before `to`. */
  #add(
    node: number,
    start: number,
    end: number,
    from: number,
    to: number,
    resource: number,
    amount: number,
  ): void {
    if (node === NONE || to <= start || from >= end) return;
    if (from >= start && to <= end) {
      this.#addToAll(node, resource, amount);
      return;
    }
    this.#pushDown(node);
    const time = this.#times[node] as number;
    if (time >= start && time < end) (this.#free[node * this.#resourceCount + resource] as number) += amount;
    this.#add(this.#left[node] as number, start, end, from, time, resource, amount);
    this.#add(this.#right[node] as number, start, end, time, to, resource, amount);
    this.#pullUp(node);
  }

  #addToAll(node: number, resource: number, amount: number): void {
    if (node === NONE) return;
    const place = node * this.#resourceCount + resource;
    (this.#free[place] as number) += amount;
    (this.#least[place] as number) += amount;
    (this.#most[place] as number) += amount;
    (this.#pending[place] as number) += amount;
  }

  /** Makes sure that there is a breakpoint at a time, with what is free just before it. */
  #breakAt(time: number): void {
    const before = this.#floor(time);
    if (before !== NONE && this.#times[before] === time) return;
    const resourceCount = this.#resourceCount;
    const node = this.#size++;
    this.#times[node] = time;
    this.#order[node] = this.#random.below(MOST);
    if (before !== NONE)
      this.#free.copyWithin(node * resourceCount, before * resourceCount, (before + 1) * resourceCount);
    this.#root = this.#insert(this.#root, node);
  }

  /** Inserts below a node and rotates where the heap's order asks for it. @returns the new top of the subtree */
  #insert(node: number, added: number): number {
    if (node === NONE) {
      this.#pullUp(added);
      return added;
    }
    this.#pushDown(node);
    const isRight = (this.#times[node] as number) < (this.#times[added] as number);
    const [inner, outer] = isRight ? [this.#right, this.#left] : [this.#left, this.#right];
    const child = this.#insert(inner[node] as number, added);
    inner[node] = child;
    const isInOrder = (this.#order[child] as number) <= (this.#order[node] as number);
    if (!isInOrder) {
      inner[node] = outer[child] as number;
      outer[child] = node;
    }
    this.#pullUp(node);
    if (isInOrder) return node;
    this.#pullUp(child);
    return child;
  }

  #pushDown(node: number): void {
    const left = this.#left[node] as number;
    const right = this.#right[node] as number;
    for (let resource = 0; resource < this.#resourceCount; resource++) {
      const place = node * this.#resourceCount + resource;
      const amount = this.#pending[place] as number;
      if (amount === 0) continue;
      this.#pending[place] = 0;
      this.#addToAll(left, resource, amount);
      this.#addToAll(right, resource, amount);
    }
  }

  #pullUp(node: number): void {
    const resourceCount = this.#resourceCount;
    const left = (this.#left[node] as number) * resourceCount;
    const right = (this.#right[node] as number) * resourceCount;
    for (let resource = 0, place = node * resourceCount; resource < resourceCount; resource++, place++) {
      const own = this.#free[place] as number;
      this.#least[place] = Math.min(
        own,
        this.#least[left + resource] as number,
        this.#least[right + resource] as number,
      );
      this.#most[place] = Math.max(
        own,
        this.#most[left + resource] as number,
        this.#most[right + resource] as number,
      );
    }
  }
}

import type { CompiledProblem } from "../compiled-problem.ts";

/** The need of what is not there: above every capacity. */
const ABSENT = 2 ** 31 - 1;
/** More kinds than this cost more to look at than they save. */
const MOST_KINDS = 128;

/**
 * The tasks that may start, in the order of their ranks, asked for the first one that fits into what is free. Tasks
 * are grouped into kinds with like needs. A binary tree over all tasks, by kind and then by rank, holds in each node
 * the least need below it of every resource: as the tasks of a kind are alike, where these fit some task mostly does,
 * so that those that don't are hardly ever looked at.
 */
export class EligibleTasks {
  readonly #resourceCount: number;
  readonly #ranks: Int32Array;
  /** Task × resource → the least of its modes. */
  readonly #needs: Int32Array;
  /** Task → its leaf, and the other way round. */
  readonly #leafOf: Int32Array;
  readonly #taskAt: Int32Array;
  /** Kind → its first leaf; one more at the end. */
  readonly #kindOffsets: Int32Array;
  readonly #leafCount: number;
  /** Node × (resource, and whether there is any task): node 1 is the root, that of leaf k is leafCount + k. */
  readonly #least: Int32Array;
  /** Kind → its first task that may fit, in the pass that goes on; -1 where none does. */
  readonly #candidates: Int32Array;

  constructor(compiled: CompiledProblem, ranks: Int32Array) {
    const { taskCount, resourceCount } = compiled;
    this.#resourceCount = resourceCount;
    this.#ranks = ranks;
    this.#needs = leastNeeds(compiled);
    const kinds = kindsOf(this.#needs, taskCount, resourceCount);
    this.#kindOffsets = kinds.offsets;
    this.#candidates = new Int32Array(kinds.offsets.length - 1).fill(-1);
    this.#leafOf = new Int32Array(taskCount);
    this.#taskAt = new Int32Array(taskCount);
    const tasksByRank = new Int32Array(taskCount);
    ranks.forEach((rank, task) => {
      tasksByRank[rank] = task;
    });
    const filled = kinds.offsets.slice();
    for (const task of tasksByRank) {
      const leaf = (filled[kinds.kindOf[task] as number] as number)++;
      this.#leafOf[task] = leaf;
      this.#taskAt[leaf] = task;
    }
    this.#leafCount = 2 ** Math.ceil(Math.log2(Math.max(2, taskCount)));
    this.#least = new Int32Array(2 * this.#leafCount * (resourceCount + 1)).fill(ABSENT);
  }

  add(task: number): void {
    const resourceCount = this.#resourceCount;
    const place = (this.#leafCount + (this.#leafOf[task] as number)) * (resourceCount + 1);
    for (let resource = 0; resource < resourceCount; resource++)
      this.#least[place + resource] = this.#needs[task * resourceCount + resource] as number;
    this.#least[place + resourceCount] = 0;
    this.#update(task);
  }

  remove(task: number): void {
    const width = this.#resourceCount + 1;
    const place = (this.#leafCount + (this.#leafOf[task] as number)) * width;
    this.#least.fill(ABSENT, place, place + width);
    this.#update(task);
  }

  /**
   * Calls `start` with each task that may fit into what is free, in the order of their ranks, each once. Where it
   * starts the task it takes off what the task needs, and removes it; nothing is added meanwhile.
   */
  forEachThatFits(free: Int32Array, start: (task: number) => void): void {
    const candidates = this.#candidates;
    for (let kind = 0; kind < candidates.length; kind++)
      candidates[kind] = this.#firstThatFits(free, this.#kindOffsets[kind] as number, kind);
    for (;;) {
      let first = -1;
      for (let kind = 0; kind < candidates.length; kind++) {
        let task = candidates[kind] as number;
        if (task < 0) continue;
        const leaf = this.#leafOf[task] as number;
        if (!this.#mayFit(this.#leafCount + leaf, free)) {
          task = this.#firstThatFits(free, leaf + 1, kind);
          candidates[kind] = task;
          if (task < 0) continue;
        }
        if (first < 0 || (this.#ranks[task] as number) < (this.#ranks[candidates[first] as number] as number))
          first = kind;
      }
      if (first < 0) return;
      const task = candidates[first] as number;
      start(task);
      candidates[first] = this.#firstThatFits(free, (this.#leafOf[task] as number) + 1, first);
    }
  }

  /** The first task of a kind, from a leaf on, that may fit; -1 where there is none. */
  #firstThatFits(free: Int32Array, fromLeaf: number, kind: number): number {
    const end = this.#kindOffsets[kind + 1] as number;
    if (fromLeaf >= end) return -1;
    // Node and level: the first leaf below the node is node << level.
    let node = this.#leafCount + fromLeaf;
    let level = 0;
    while ((node << level) - this.#leafCount < end) {
      if (this.#mayFit(node, free)) {
        if (level === 0) return this.#taskAt[node - this.#leafCount] as number;
        node *= 2;
        level--;
        continue;
      }
      // On to the next subtree on the right: up from right children, then over to the sibling.
      while ((node & 1) === 1) {
        node >>= 1;
        level++;
        if (node <= 1) return -1;
      }
      node++;
    }
    return -1;
  }

  #mayFit(node: number, free: Int32Array): boolean {
    const resourceCount = this.#resourceCount;
    const place = node * (resourceCount + 1);
    if (this.#least[place + resourceCount] !== 0) return false;
    for (let resource = 0; resource < resourceCount; resource++)
      if ((this.#least[place + resource] as number) > (free[resource] as number)) return false;
    return true;
  }

  #update(task: number): void {
    const width = this.#resourceCount + 1;
    const least = this.#least;
    for (let node = (this.#leafCount + (this.#leafOf[task] as number)) >> 1; node > 0; node >>= 1) {
      const left = 2 * node * width;
      let changed = false;
      for (let resource = 0; resource < width; resource++) {
        const value = Math.min(least[left + resource] as number, least[left + width + resource] as number);
        if (least[node * width + resource] === value) continue;
        least[node * width + resource] = value;
        changed = true;
      }
      if (!changed) return;
    }
  }
}

function leastNeeds({ taskCount, resourceCount, modeOffsets, modeNeeds }: CompiledProblem): Int32Array {
  const least = new Int32Array(taskCount * resourceCount).fill(ABSENT);
  for (let task = 0; task < taskCount; task++)
    for (let mode = modeOffsets[task] as number; mode < (modeOffsets[task + 1] as number); mode++)
      for (let resource = 0; resource < resourceCount; resource++) {
        const place = task * resourceCount + resource;
        least[place] = Math.min(least[place] as number, modeNeeds[mode * resourceCount + resource] as number);
      }
  return least;
}

/**
 * Tasks are of one kind whose needs of each resource have as many bits, where that gives too many kinds as many pairs
 * of bits, and so on; in the end there is one kind.
 */
function kindsOf(needs: Int32Array, taskCount: number, resourceCount: number) {
  for (let coarseness = 1; ; coarseness *= 2) {
    const kinds = new Map<string, number>();
    const kindOf = new Int32Array(taskCount);
    for (let task = 0; task < taskCount && kinds.size <= MOST_KINDS; task++) {
      let key = "";
      for (let resource = 0; resource < resourceCount; resource++)
        key += `${Math.ceil((32 - Math.clz32(needs[task * resourceCount + resource] as number)) / coarseness)} `;
      const kind = coarseness > 32 ? 0 : (kinds.get(key) ?? kinds.size);
      kinds.set(key, kind);
      kindOf[task] = kind;
    }
    const kindCount = new Set(kinds.values()).size;
    if (kindCount > MOST_KINDS && coarseness <= 32) continue;
    const offsets = new Int32Array(kindCount + 1);
    for (const kind of kindOf) (offsets[kind + 1] as number)++;
    for (let kind = 0; kind < kindCount; kind++) (offsets[kind + 1] as number) += offsets[kind] as number;
    return { kindOf, offsets };
  }
}

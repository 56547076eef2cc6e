import type { Random } from "../random.ts";

/** Activity lists with the modes and values they have; the lower a value the better. */
export class Population {
  readonly lists: readonly Int32Array[];
  /** Empty arrays where every task has one mode. */
  readonly modes: readonly Int32Array[];
  readonly values: Float64Array;
  readonly #random: Random;

  constructor(size: number, taskCount: number, hasModes: boolean, random: Random) {
    const arrays = (length: number) => Array.from({ length: size }, () => new Int32Array(length));
    this.lists = arrays(taskCount);
    this.modes = arrays(hasModes ? taskCount : 0);
    this.values = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
    this.#random = random;
  }

  get size(): number {
    return this.lists.length;
  }

  set(place: number, list: Int32Array, modes: Int32Array, value: number): void {
    (this.lists[place] as Int32Array).set(list);
    (this.modes[place] as Int32Array).set(modes);
    this.values[place] = value;
  }

  /** The best of so many that are drawn. */
  tournament(draws: number): number {
    let best = this.#random.below(this.size);
    for (let draw = 1; draw < draws; draw++) {
      const other = this.#random.below(this.size);
      if ((this.values[other] as number) < (this.values[best] as number)) best = other;
    }
    return best;
  }

  best(): number {
    let best = 0;
    for (let place = 1; place < this.size; place++)
      if ((this.values[place] as number) < (this.values[best] as number)) best = place;
    return best;
  }

  worst(): number {
    let worst = 0;
    for (let place = 1; place < this.size; place++)
      if ((this.values[place] as number) > (this.values[worst] as number)) worst = place;
    return worst;
  }

  has(list: Int32Array, modes: Int32Array, value: number): boolean {
    for (let place = 0; place < this.size; place++)
      if (
        this.values[place] === value &&
        isSame(this.lists[place] as Int32Array, list) &&
        isSame(this.modes[place] as Int32Array, modes)
      )
        return true;
    return false;
  }
}

function isSame(some: Int32Array, others: Int32Array): boolean {
  for (let at = 0; at < some.length; at++) if (some[at] !== others[at]) return false;
  return true;
}

/** Numbers that look random and are the same for the same seed: mulberry32 by Tommy Ettinger, 32 bits of state. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Seeds that are next to each other must not give sequences that resemble each other.
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 0;
  }

  /** From 0 to below 1. */
  next(): number {
    return (this.#bits() >>> 0) / 2 ** 32;
  }

  /** From 0 to below `end`. */
  below(end: number): number {
    return ((this.#bits() >>> 0) * end * 2 ** -32) | 0;
  }

  #bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return mixed ^ (mixed >>> 14);
  }
}

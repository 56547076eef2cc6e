/** Random weights and samples that are the same in every run. */
export class Weights {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform between -limit and limit. */
  uniform(length: number, limit: number): Float32Array {
    return Float32Array.from({ length }, () => (this.#next() * 2 - 1) * limit);
  }

  /** Uniform with the variance of Glorot and Bengio (2010), so that activations neither vanish nor explode. */
  glorot(length: number, fanIn: number, fanOut: number): Float32Array {
    return this.uniform(length, Math.sqrt(6 / (fanIn + fanOut)));
  }

  /** Whole numbers from 0, below the end. */
  wholeNumbers(length: number, end: number): bigint[] {
    return Array.from({ length }, () => BigInt(Math.floor(this.#next() * end)));
  }

  /** Mulberry32: from 0 to below 1. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

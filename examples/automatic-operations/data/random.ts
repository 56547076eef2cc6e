/** A reproducible stream of random numbers. */
export interface Random {
  /** Uniform in [minimum, maximum). */
  uniform(minimum: number, maximum: number): number;
  /** Uniform in the logarithm: as often between 1 and 10 as between 10 and 100. */
  logUniform(minimum: number, maximum: number): number;
  /** Whole number in [0, count). */
  integer(count: number): number;
  /** Normal with mean 0 and standard deviation 1. */
  normal(): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** A new array in random order. */
  shuffled<Item>(items: readonly Item[]): Item[];
}

/**
 * The stream that belongs to a name, such as `7/training/server-3`: streams of different names are independent, so
 * that drawing more from one changes no other. Generator: sfc32 by Chris Doty-Humphrey (PractRand, public domain),
 * seeded by the FNV-1a hash of the name.
 */
export function createRandom(name: string): Random {
  const next = sfc32(name);
  const integer = (count: number) => Math.floor(next() * count);
  const random: Random = {
    uniform: (minimum, maximum) => minimum + next() * (maximum - minimum),
    logUniform: (minimum, maximum) => minimum * (maximum / minimum) ** next(),
    integer,
    // Box-Muller; 1 - u keeps the logarithm finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    chance: (probability) => next() < probability,
    pick: (items) => {
      if (items.length === 0) throw new RangeError("pick: the list is empty");
      return items[integer(items.length)] as (typeof items)[number];
    },
    shuffled: (items) => {
      const order = [...items];
      for (let last = order.length - 1; last > 0; last -= 1) {
        const other = integer(last + 1);
        const moved = order[last] as (typeof order)[number];
        order[last] = order[other] as (typeof order)[number];
        order[other] = moved;
      }
      return order;
    },
  };
  return random;
}

function sfc32(name: string): () => number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  let [a, b, c, counter] = [hash, Math.imul(hash, 0x9e3779b1), name.length, 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x100000000;
  };
  for (let round = 0; round < 16; round += 1) next();
  return next;
}

import { createRandom } from "../../inference/random.ts";

/** From 0 up to 1, the same for the same seed. */
export function seededRandom(seed: number): () => number {
  const { whole } = createRandom(seed);
  return () => whole(0, 2 ** 31 - 1) / 2 ** 31;
}

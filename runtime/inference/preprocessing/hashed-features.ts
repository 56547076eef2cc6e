import { murmurHash3 } from "./murmur-hash.ts";

/** How a text becomes a vector; part of a model's manifest, since training and serving must agree on it. */
export interface HashedFeatures {
  type: "hashed-features";
  /** Name of the external input, datatype BYTES, shape [-1]. */
  input: string;
  /** Name of the model's own input, datatype FP32, shape [-1, size]. */
  output: string;
  /** Length of the vector. */
  size: number;
  /** Shortest and longest run of neighbouring words of one line that counts as a feature; [0, 0] for none. */
  wordNgrams: [number, number];
  /** The same for neighbouring characters of one word, its two borders included; [0, 0] for none. */
  characterNgrams: [number, number];
}

/** The settings that decide the vector. */
export type HashedFeaturesSettings = Pick<HashedFeatures, "size" | "wordNgrams" | "characterNgrams">;

/**
 * The feature-hashing vector of a text (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning",
 * ICML 2009): each n-gram adds +1 or -1, by the highest bit of its hash, to the element that the rest of the hash
 * chooses; sums are damped to sign(x) ln(1 + |x|), then the vector is scaled to length 1 (an empty text stays 0).
 *
 * Before that the text is brought to Unicode form NFKC, camelCase is split, letters are lower-cased and each run
 * of digits becomes `0`, so that `PoolTimeout 31` and `pool timeout 17` are the same words.
 */
export function hashedFeatures(text: string, settings: HashedFeaturesSettings): Float32Array {
  const features = new Float32Array(settings.size);
  const count = (feature: string) => {
    const hash = murmurHash3(feature);
    const place = (hash & 0x7fffffff) % settings.size;
    features[place] = (features[place] ?? 0) + (hash >>> 31 === 0 ? 1 : -1);
  };
  for (const words of wordsOfLines(text)) {
    countWordNgrams(words, settings.wordNgrams, count);
    for (const word of words) countCharacterNgrams(word, settings.characterNgrams, count);
  }
  return scaleToLengthOne(features.map((sum) => Math.sign(sum) * Math.log1p(Math.abs(sum))));
}

function wordsOfLines(text: string): string[][] {
  return text
    .normalize("NFKC")
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .replace(/\p{Nd}+/gu, "0")
    .split(/[\r\n]+/u)
    .map((line) => line.match(/[\p{L}\p{N}]+/gu) ?? []);
}

function countWordNgrams(words: string[], [shortest, longest]: [number, number], count: (f: string) => void) {
  for (let size = Math.max(1, shortest); size <= longest; size += 1)
    for (let start = 0; start + size <= words.length; start += 1)
      count(`w ${words.slice(start, start + size).join(" ")}`);
}

function countCharacterNgrams(
  word: string,
  [shortest, longest]: [number, number],
  count: (f: string) => void,
) {
  const characters = Array.from(` ${word} `);
  for (let size = Math.max(1, shortest); size <= longest; size += 1)
    for (let start = 0; start + size <= characters.length; start += 1)
      count(`c ${characters.slice(start, start + size).join("")}`);
}

function scaleToLengthOne(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}

import type { CompiledProblem } from "../compiled-problem.ts";

/**
 * What is free of every resource in every step of time, several resources side by side in the bits of one word: each
 * has a field of its amount and one bit more. With those bits set, taking a need off leaves each bit set whose
 * resource has enough, so that one subtraction compares all resources of a word.
 */
export interface TimeGrid {
  /** Step × word: what is free at step t in word w is at t × wordCount + w. */
  readonly free: Int32Array;
  /** What is free in each step when nothing is planned. */
  readonly empty: Int32Array;
  readonly wordCount: number;
  /** Word → the bit above each field. */
  readonly guards: Int32Array;
  /** Mode × word: its needs, in fields as above. */
  readonly modeNeeds: Int32Array;
  /** Steps that the grid has. */
  readonly horizon: number;
}

/** Bits of one word that fields may take. */
const WORD = 32;

/** @param horizon steps after which no plan goes on */
export function createTimeGrid(compiled: CompiledProblem, horizon: number): TimeGrid {
  const fields = placeFields(compiled);
  const wordCount = Math.max(1, ...fields.map(({ word }) => word + 1));
  const guards = new Int32Array(wordCount);
  for (const { word, shift, bits } of fields) (guards[word] as number) |= 1 << (shift + bits);
  const modeCount = compiled.modeDurations.length;
  const modeNeeds = new Int32Array(modeCount * wordCount);
  const empty = new Int32Array(horizon * wordCount);
  fields.forEach(({ word, shift }, resource) => {
    for (let mode = 0; mode < modeCount; mode++)
      (modeNeeds[mode * wordCount + word] as number) |=
        (compiled.modeNeeds[mode * compiled.resourceCount + resource] as number) << shift;
    const { times, amounts } = compiled.capacities[resource] as CompiledProblem["capacities"][number];
    for (let piece = 0; piece < times.length; piece++) {
      const until = Math.min(horizon, piece + 1 < times.length ? (times[piece + 1] as number) : horizon);
      for (let time = times[piece] as number; time < until; time++)
        (empty[time * wordCount + word] as number) |= (amounts[piece] as number) << shift;
    }
  });
  return { free: empty.slice(), empty, wordCount, guards, modeNeeds, horizon };
}

/** The first word with room takes a resource, the widest resources first. */
function placeFields({ capacities }: CompiledProblem): { word: number; shift: number; bits: number }[] {
  const widths = capacities.map(({ amounts }) => 32 - Math.clz32(amounts.reduce((a, b) => Math.max(a, b))));
  const fields = widths.map((bits) => ({ word: 0, shift: 0, bits }));
  const used: number[] = [];
  for (const field of [...fields].sort((a, b) => b.bits - a.bits)) {
    const word = used.findIndex((bits) => bits + field.bits + 1 <= WORD);
    field.word = word < 0 ? used.length : word;
    field.shift = used[field.word] ?? 0;
    used[field.word] = field.shift + field.bits + 1;
  }
  return fields;
}

import type { Json } from "./workflow.ts";

const mask = "***";
const maskBytes = Buffer.from(mask);

/** A shorter value would be found in half of all texts. */
export const minimumMaskedCharacters = 4;
/** Of a value of several lines each line is masked by itself too, since programs print line by line. */
const minimumLineCharacters = 8;

/**
 * Keeps values out of texts: each place where one of them stands becomes `***`. A value is also found in the form that
 * JSON gives it within a string, and so is each longer line of it. It is not found where a program has encoded it
 * otherwise.
 */
export interface Masking {
  text(text: string): string;
  /** Every string, key and plain value in it. */
  json<Value extends Json>(value: Value): Value;
  /** For a text that comes in chunks, wherever they are cut. */
  stream(): MaskedStream;
}

export interface MaskedStream {
  /** What can be passed on by now; the rest may be the beginning of a value. */
  append(chunk: Buffer): Buffer;
  /** What was kept back. */
  end(): Buffer;
}

export function createMasking(values: string[]): Masking {
  const patterns = [...new Set(values.flatMap(formsOf))].map((form) => new Pattern(Buffer.from(form)));
  const stream = () => new Stream(patterns);

  function text(original: string): string {
    if (patterns.length === 0) return original;
    const masked = stream();
    return Buffer.concat([masked.append(Buffer.from(original)), masked.end()]).toString();
  }

  function json(value: Json): Json {
    if (Array.isArray(value)) return value.map(json);
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), json(item)]));
    const original = String(value);
    const masked = text(original);
    return masked === original ? value : masked;
  }

  return { text, json: (value) => (patterns.length === 0 ? value : (json(value) as typeof value)), stream };
}

function formsOf(value: string): string[] {
  const lines = value.split(/\r?\n/).filter((line) => line.trim().length >= minimumLineCharacters);
  return [value, ...lines].flatMap((form) => [form, JSON.stringify(form).slice(1, -1)]);
}

/** What is looked for, with the table of Knuth, Morris and Pratt: how much of it still fits after a byte that does not. */
class Pattern {
  readonly #bytes: Buffer;
  readonly #fallbacks: Int32Array;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#fallbacks = new Int32Array(bytes.length);
    for (let index = 1, fits = 0; index < bytes.length; index += 1) {
      fits = this.#next(fits, bytes[index]);
      this.#fallbacks[index] = fits;
    }
  }

  /** Each place where it stands. */
  find(text: Buffer): Range[] {
    const found: Range[] = [];
    for (let at = text.indexOf(this.#bytes); at >= 0; at = text.indexOf(this.#bytes, at + 1)) {
      const last = found.at(-1);
      if (last !== undefined && at < last.end) last.end = at + this.#bytes.length;
      else found.push({ start: at, end: at + this.#bytes.length });
    }
    return found;
  }

  /** How many of the text's last bytes may be the beginning of it. */
  begun(text: Buffer): number {
    let fits = 0;
    for (const byte of text.subarray(Math.max(0, text.length - this.#bytes.length + 1)))
      fits = this.#next(fits, byte);
    return fits;
  }

  #next(fits: number, byte: number | undefined): number {
    let before = fits;
    while (before > 0 && this.#bytes[before] !== byte) before = this.#fallbacks[before - 1] ?? 0;
    return this.#bytes[before] === byte ? before + 1 : 0;
  }
}

interface Range {
  /** Negative where its mask is passed on already. */
  start: number;
  end: number;
}

class Stream implements MaskedStream {
  readonly #patterns: readonly Pattern[];
  #kept: Buffer = Buffer.alloc(0);
  /** What is to be masked in the kept bytes. */
  #ranges: Range[] = [];

  constructor(patterns: readonly Pattern[]) {
    this.#patterns = patterns;
  }

  append(chunk: Buffer): Buffer {
    if (this.#patterns.length === 0) return chunk;
    const text = Buffer.concat([this.#kept, chunk]);
    const found = this.#patterns.flatMap((pattern) => pattern.find(text));
    const begun = this.#patterns.map((pattern) => pattern.begun(text));
    return this.#pass(text, joined([...this.#ranges, ...found]), text.length - Math.max(...begun));
  }

  end(): Buffer {
    return this.#pass(this.#kept, this.#ranges, this.#kept.length);
  }

  #pass(text: Buffer, ranges: Range[], cut: number): Buffer {
    const parts: Buffer[] = [];
    let at = 0;
    for (const { start, end } of ranges) {
      if (start >= cut) break;
      if (start >= 0) parts.push(text.subarray(at, start), maskBytes);
      at = Math.min(end, cut);
    }
    parts.push(text.subarray(at, cut));
    this.#kept = text.subarray(cut);
    this.#ranges = ranges
      .filter(({ end }) => end > cut)
      .map((range) => ({ start: range.start - cut, end: range.end - cut }));
    return Buffer.concat(parts);
  }
}

/** In order, with those that overlap made one. */
function joined(ranges: Range[]): Range[] {
  const all: Range[] = [];
  for (const range of ranges.sort((one, other) => one.start - other.start)) {
    const last = all.at(-1);
    if (last !== undefined && range.start < last.end) last.end = Math.max(last.end, range.end);
    else all.push({ ...range });
  }
  return all;
}

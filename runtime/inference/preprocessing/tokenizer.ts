import { Tokenizer } from "@huggingface/tokenizers";
import { ApiError, errorMessage } from "../../errors.ts";
import type { Tensor } from "../datatypes.ts";
import type { TensorMetadata } from "../inference.ts";

/** Texts become the numbers of a tokenizer.json, as Hugging Face's tokenizers write it. */
export interface TokenizerStep {
  type: "tokenizer";
  /** Name of the external input, datatype BYTES, shape [-1]. */
  input: string;
  /** The version's file. Default `tokenizer.json`. */
  file?: string | undefined;
  /** Names of the model's own inputs, each of shape [-1, length]; those without a name are not made. */
  outputs: {
    inputIds: string;
    /** 1 for tokens, 0 for what fills a row up. */
    attentionMask?: string | undefined;
    /** By the file's template: which sequence a token is of. */
    tokenTypeIds?: string | undefined;
  };
  /** Of all outputs. Default INT64. */
  datatype?: "INT64" | "INT32" | undefined;
  /** Tokens of a text, special ones included; longer ones lose their end. Default: the file's truncation, else 512. */
  maximumLength?: number | undefined;
  /** Rows are filled up to the longest of the batch, or to the maximum length. Default `longest`. */
  padding?: "longest" | "maximum" | undefined;
  /** Fills input ids up. Default: the file's padding, else its token [PAD] or <pad>, else 0. */
  paddingId?: number | undefined;
}

export const defaultTokenizerFile = "tokenizer.json";
export const largestMaximumLength = 65_536;
const defaultMaximumLength = 512;
/** A token is seldom longer; so a huge text costs no more than a long one. */
const charactersPerToken = 100;

/** What the graph takes instead of the step's input. */
export function tokenizedInputs({
  outputs,
  datatype = "INT64",
  maximumLength,
  padding,
}: TokenizerStep): TensorMetadata[] {
  const length = padding === "maximum" && maximumLength !== undefined ? maximumLength : -1;
  const names = [outputs.inputIds, outputs.attentionMask, outputs.tokenTypeIds];
  return names.flatMap((name) => (name === undefined ? [] : [{ name, datatype, shape: [-1, length] }]));
}

/** Elements that the step makes of one text at most, as far as the manifest tells. */
export function tokenizedElements({ outputs, maximumLength = defaultMaximumLength }: TokenizerStep): number {
  return maximumLength * Object.keys(outputs).length;
}

/** One row of what the step makes. */
interface TokenRow {
  ids: number[];
  typeIds: number[];
}

/**
 * @param content of the step's file
 * @returns tokenizes the texts of an input
 * @throws ApiError `model-unavailable` (503) where the file is no tokenizer
 */
export function createTokenizer(step: TokenizerStep, content: Uint8Array): (input: Tensor) => Tensor[] {
  const { file = defaultTokenizerFile, datatype = "INT64" } = step;
  const { tokenizer, settings } = readTokenizer(file, content);
  const maximumLength = step.maximumLength ?? settings.truncation?.max_length ?? defaultMaximumLength;
  const { padding } = settings;
  const paddingId =
    step.paddingId ??
    padding?.pad_id ??
    tokenizer.token_to_id("[PAD]") ??
    tokenizer.token_to_id("<pad>") ??
    0;
  const fromLeft = padding?.direction === "Left";
  const encode = (text: string) => encodeText(tokenizer, text, maximumLength);
  return ({ data }) => {
    const rows = (data as string[]).map(encode);
    const longest = Math.max(1, ...rows.map(({ ids }) => ids.length));
    const length = step.padding === "maximum" ? maximumLength : longest;
    const fill = (name: string, value: number, of: (row: TokenRow) => number[]): Tensor => {
      const filled = new Array<number>(rows.length * length).fill(value);
      rows.forEach((row, index) => {
        const numbers = of(row);
        const start = index * length + (fromLeft ? length - numbers.length : 0);
        for (const [place, number] of numbers.entries()) filled[start + place] = number;
      });
      const data = datatype === "INT64" ? BigInt64Array.from(filled, BigInt) : Int32Array.from(filled);
      return { name, datatype, shape: [rows.length, length], data };
    };
    const { inputIds, attentionMask, tokenTypeIds } = step.outputs;
    return [
      fill(inputIds, paddingId, ({ ids }) => ids),
      ...(attentionMask === undefined ? [] : [fill(attentionMask, 0, ({ ids }) => ids.map(() => 1))]),
      ...(tokenTypeIds === undefined
        ? []
        : [fill(tokenTypeIds, padding?.pad_type_id ?? 0, ({ typeIds }) => typeIds)]),
    ];
  };
}

/** Of the library: its own types are not found from an ES module. */
interface TextTokenizer {
  encode(
    text: string,
    options: { add_special_tokens?: boolean; return_token_type_ids?: boolean },
  ): { ids: number[]; token_type_ids?: number[] };
  token_to_id(token: string): number | undefined;
}

interface TokenizerSettings {
  truncation?: { max_length?: number } | null;
  padding?: { pad_id?: number; pad_type_id?: number; direction?: "Left" | "Right" } | null;
}

function readTokenizer(file: string, content: Uint8Array) {
  try {
    const settings = JSON.parse(Buffer.from(content).toString("utf8")) as TokenizerSettings;
    return { tokenizer: new Tokenizer(settings, {}) as TextTokenizer, settings };
  } catch (cause) {
    throw new ApiError(`${file} is no tokenizer: ${errorMessage(cause)}`, {
      status: 503,
      code: "model-unavailable",
      cause,
    });
  }
}

/** The library does not cut; the special tokens around the text stay. */
function encodeText(tokenizer: TextTokenizer, whole: string, maximumLength: number): TokenRow {
  const text = whole.slice(0, maximumLength * charactersPerToken);
  const { ids, token_type_ids: typeIds = ids.map(() => 0) } = tokenizer.encode(text, {
    return_token_type_ids: true,
  });
  if (ids.length <= maximumLength) return { ids, typeIds };
  const own = tokenizer.encode(text, { add_special_tokens: false }).ids;
  const special = ids.length - own.length;
  let before = 0;
  while (before < special && !own.every((id, place) => id === ids[before + place])) before += 1;
  const kept = Math.max(0, maximumLength - special);
  const cut = (numbers: number[]) =>
    [...numbers.slice(0, before + kept), ...numbers.slice(before + own.length)].slice(0, maximumLength);
  return { ids: cut(ids), typeIds: cut(typeIds) };
}

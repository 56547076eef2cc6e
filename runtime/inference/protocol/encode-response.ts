import type { Tensor } from "../datatypes.ts";
import { fromHalfPrecision } from "../half-precision.ts";
import type { InferResponse, JsonTensor, TensorMetadata } from "../inference.ts";
import { classify } from "./classification.ts";
import type { OutputForms } from "./decode-outputs.ts";

export interface ComputedOutputs {
  id: string | undefined;
  model: string;
  version: number;
  outputs: Tensor[];
  /** How the request wants them. Default: as they are. */
  forms?: OutputForms;
  /** The outputs as the model declares them. */
  metadata?: TensorMetadata[];
  /** From the manifest: names of the classes that the last dimension of an output scores. */
  labels?: Record<string, string[]> | undefined;
}

/** An output in the form that the request wants, its elements not yet written. */
export interface ShapedOutput {
  tensor: Tensor;
  isBinary: boolean;
  parameters?: Record<string, unknown>;
}

/** The answer as JSON values, binary or not what the request prefers. */
export function encodeResponse(computed: ComputedOutputs): InferResponse {
  return {
    ...responseHead(computed),
    outputs: shapeOutputs(computed).map(({ tensor, parameters }) => toJsonTensor(tensor, parameters)),
  };
}

export function responseHead({ id, model, version }: ComputedOutputs): Omit<InferResponse, "outputs"> {
  return { ...(id === undefined ? {} : { id }), model_name: model, model_version: String(version) };
}

/** Replaces outputs by their best classes where the request asks for it, and names each row's best label elsewhere. */
export function shapeOutputs({ outputs, forms, metadata, labels }: ComputedOutputs): ShapedOutput[] {
  return outputs.map((output) => {
    const { isBinary = false, classes } = forms?.get(output.name) ?? {};
    const names = labels?.[output.name];
    if (classes !== undefined) {
      const isBatched = metadata?.find(({ name }) => name === output.name)?.shape[0] === -1;
      return { tensor: classify(output, classes, isBatched, names), isBinary };
    }
    if (names === undefined) return { tensor: output, isBinary };
    return { tensor: output, isBinary, parameters: { labels: bestLabels(numbersOf(output), names) } };
  });
}

export function toJsonTensor(tensor: Tensor, parameters?: Record<string, unknown>): JsonTensor {
  const { name, datatype, shape } = tensor;
  const data = encodeElements(tensor);
  return { name, datatype, shape, data, ...(parameters === undefined ? {} : { parameters }) };
}

/**
 * What JSON numbers cannot carry becomes text: INT64 and UINT64 beyond ±(2^53 - 1) as decimal text, and `"NaN"`,
 * `"Infinity"`, `"-Infinity"`.
 */
function encodeElements({ datatype, data }: Tensor): unknown[] {
  switch (datatype) {
    case "BYTES":
      return data as string[];
    case "BOOL":
      return Array.from(data as Uint8Array, (value) => value !== 0);
    case "INT64":
    case "UINT64":
      return Array.from(data as BigInt64Array, (value) => {
        const number = Number(value);
        return Number.isSafeInteger(number) ? number : String(value);
      });
    case "FP16":
      return Array.from(data as Uint16Array, (bits) => finiteOrText(fromHalfPrecision(bits)));
    case "FP32":
    case "FP64":
      return Array.from(data as Float64Array, finiteOrText);
    default:
      return Array.from(data as Int32Array);
  }
}

function finiteOrText(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function numbersOf({ datatype, data }: Tensor): number[] {
  if (datatype === "FP16") return Array.from(data as Uint16Array, fromHalfPrecision);
  return Array.from(data as ArrayLike<number | bigint>, Number);
}

/** The label with the highest score in each row; null where a row has a score that is no number. */
function bestLabels(scores: number[], labels: string[]): (string | null)[] {
  const best: (string | null)[] = [];
  for (let start = 0; start + labels.length <= scores.length; start += labels.length) {
    const row = scores.slice(start, start + labels.length);
    const highest = row.reduce((place, score, index) => (score > (row[place] ?? 0) ? index : place), 0);
    best.push(row.some(Number.isNaN) ? null : (labels[highest] ?? null));
  }
  return best;
}

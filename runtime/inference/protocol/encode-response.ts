import type { Tensor } from "../datatypes.ts";
import { fromHalfPrecision } from "../half-precision.ts";
import type { InferResponse, JsonTensor } from "../inference.ts";

export interface ComputedOutputs {
  id: string | undefined;
  model: string;
  version: number;
  outputs: Tensor[];
  /** From the manifest: names of the classes that the last dimension of an output scores. */
  labels?: Record<string, string[]> | undefined;
}

/**
 * The protocol's answer. What JSON numbers cannot carry becomes text: INT64 and UINT64 beyond ±(2^53 - 1) as
 * decimal text, and `"NaN"`, `"Infinity"`, `"-Infinity"`.
 */
export function encodeResponse({ id, model, version, outputs, labels }: ComputedOutputs): InferResponse {
  return {
    ...(id === undefined ? {} : { id }),
    model_name: model,
    model_version: String(version),
    outputs: outputs.map((output) => encodeTensor(output, labels?.[output.name])),
  };
}

function encodeTensor(tensor: Tensor, labels: string[] | undefined): JsonTensor {
  const { name, datatype, shape } = tensor;
  const data = encodeElements(tensor);
  if (labels === undefined) return { name, datatype, shape, data };
  return { name, datatype, shape, data, parameters: { labels: bestLabels(data, labels) } };
}

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

/** The label with the highest score in each row; null where a row has a score that is no number. */
function bestLabels(scores: unknown[], labels: string[]): (string | null)[] {
  const best: (string | null)[] = [];
  for (let start = 0; start + labels.length <= scores.length; start += labels.length) {
    const row = scores.slice(start, start + labels.length).map(Number);
    const highest = row.reduce((place, score, index) => (score > (row[place] ?? 0) ? index : place), 0);
    best.push(row.some(Number.isNaN) ? null : (labels[highest] ?? null));
  }
  return best;
}

import { datatypes, type Tensor } from "../datatypes.ts";
import type { TensorMetadata } from "../inference.ts";
import { bestOf } from "../protocol/classification.ts";

/** The highest scores along the last dimension, best first; equal ones keep their order. */
export interface TopK {
  type: "top-k";
  /** The graph's output, which is an output of the model only where it is among its outputs too. */
  input: TensorMetadata;
  count: number;
  /** Name of an output with the scores, of the input's datatype. Default: none. */
  scores?: string | undefined;
  /** Name of an output with their places, INT64. Default: none. */
  indices?: string | undefined;
  /** An output with their labels, BYTES, one for each place of the last dimension. Default: none. */
  labels?: { output: string; names: string[] } | undefined;
}

/** Names of the outputs that a step makes. */
export function madeBy({ scores, indices, labels }: TopK): string[] {
  return [scores, indices, labels?.output].filter((name) => name !== undefined);
}

export function topK(input: Tensor, { count, scores, indices, labels }: TopK): Tensor[] {
  const length = input.shape.at(-1) as number;
  const shape = [...input.shape.slice(0, -1), count];
  const rows = input.data.length / length;
  const values = datatypes[input.datatype].allocate(rows * count);
  const places = new BigInt64Array(rows * count);
  const names: string[] = [];
  for (let row = 0; row < rows; row += 1)
    for (const [rank, place] of bestOf(input, row * length, length, count).entries()) {
      const at = row * count + rank;
      values[at] = input.data[row * length + place] as never;
      places[at] = BigInt(place);
      names.push(labels?.names[place] ?? "");
    }
  const made: Tensor[] = [];
  if (scores !== undefined) made.push({ name: scores, datatype: input.datatype, shape, data: values });
  if (indices !== undefined) made.push({ name: indices, datatype: "INT64", shape, data: places });
  if (labels !== undefined) made.push({ name: labels.output, datatype: "BYTES", shape, data: names });
  return made;
}

import { datatypes, type Tensor, type TensorData } from "../datatypes.ts";
import type { Datatype } from "../inference.ts";

/**
 * Tensors of many small runs as a message between threads: one buffer and one text. To copy as many objects and arrays
 * one by one takes a multiple of the time of such runs themselves.
 */
export interface PackedRuns {
  /** What is told of each run besides its tensors, and the heads of those, as JSON. */
  heads: string;
  /** The numbers of all tensors, each from a multiple of 8 bytes on. */
  bytes: Uint8Array<ArrayBuffer>;
}

/** Texts are short lists of their own; numbers are found by their place in the bytes. */
type PackedTensor = [name: string, datatype: Datatype, shape: number[], elements: number | string[]];

type PackedRun<Rest> = [tensors: PackedTensor[], rest: Rest];

const alignment = 8;

/** Packs copies: the tensors stay as they are. `rest`: whatever JSON carries. */
export function packRuns<Rest>(runs: { tensors: Tensor[]; rest: Rest }[]): PackedRuns {
  const parts: { data: Exclude<TensorData, string[]>; offset: number }[] = [];
  let length = 0;
  const heads = runs.map(({ tensors, rest }): PackedRun<Rest> => {
    const packed = tensors.map(({ name, datatype, shape, data }): PackedTensor => {
      if (Array.isArray(data)) return [name, datatype, shape, data];
      parts.push({ data, offset: length });
      length = Math.ceil((length + data.byteLength) / alignment) * alignment;
      return [name, datatype, shape, data.length];
    });
    return [packed, rest];
  });
  const bytes = new Uint8Array(length);
  for (const { data, offset } of parts)
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
  return { heads: JSON.stringify(heads), bytes };
}

/** The numbers of the tensors are views of the bytes. */
export function unpackRuns<Rest>({ heads, bytes }: PackedRuns): { tensors: Tensor[]; rest: Rest }[] {
  let offset = 0;
  return (JSON.parse(heads) as PackedRun<Rest>[]).map(([packed, rest]) => ({
    tensors: packed.map(([name, datatype, shape, elements]): Tensor => {
      const { array } = datatypes[datatype];
      if (array === undefined || typeof elements !== "number")
        return { name, datatype, shape, data: elements as string[] };
      const data = new array(bytes.buffer, bytes.byteOffset + offset, elements);
      offset = Math.ceil((offset + data.byteLength) / alignment) * alignment;
      return { name, datatype, shape, data };
    }),
    rest,
  }));
}

import { datatypes } from "../inference/datatypes.ts";
import type { InferResponse, JsonTensor } from "../inference/inference.ts";
import type { InferAnswer } from "../inference/protocol/infer-body.ts";

/** The outputs of an answer, in either form. */
export interface AnswerOutputs {
  outputs: JsonTensor[];
  /** Of those in binary form, in order. */
  binary: Uint8Array[];
}

export function outputsOf(answer: InferAnswer | InferResponse): AnswerOutputs {
  if ("outputs" in answer) return { outputs: answer.outputs, binary: [] };
  return { outputs: JSON.parse(Buffer.from(answer.json).toString("utf8")).outputs, binary: answer.binary };
}

/** Whether two answers to one request say the same: the same outputs, numbers within the tolerance. */
export function sameOutputs(first: AnswerOutputs, second: AnswerOutputs, tolerance: number): boolean {
  return (
    first.outputs.length === second.outputs.length &&
    first.outputs.every((output, index) => {
      const other = second.outputs[index];
      if (output.name !== other?.name || output.datatype !== other.datatype) return false;
      if (!sameValues(output.shape, other.shape, 0)) return false;
      return sameValues(output.data ?? [], other.data ?? [], tolerance);
    }) &&
    sameBinary(first, second, tolerance)
  );
}

function sameBinary(first: AnswerOutputs, second: AnswerOutputs, tolerance: number): boolean {
  // Those in binary form have no data; they are the same outputs in both.
  const datatypesOf = ({ outputs }: AnswerOutputs) =>
    outputs.filter(({ data }) => data === undefined).map(({ datatype }) => datatype);
  return (
    first.binary.length === second.binary.length &&
    first.binary.every((bytes, index) => {
      const other = second.binary[index] as Uint8Array;
      const datatype = datatypesOf(first)[index];
      if (datatype !== "FP32" && datatype !== "FP64") return Buffer.compare(bytes, other) === 0;
      const ElementArray = datatypes[datatype].array as typeof Float32Array | typeof Float64Array;
      // Copies, since a view would have to be aligned.
      const [a, b] = [bytes, other].map((part) => new ElementArray(new Uint8Array(part).buffer));
      return sameValues(a as ArrayLike<number>, b as ArrayLike<number>, tolerance);
    })
  );
}

function sameValues(first: ArrayLike<unknown>, second: ArrayLike<unknown>, tolerance: number): boolean {
  if (first.length !== second.length) return false;
  for (let index = 0; index < first.length; index += 1) {
    const [a, b] = [first[index], second[index]];
    if (Object.is(a, b)) continue;
    if (typeof a !== "number" || typeof b !== "number" || !(Math.abs(a - b) <= tolerance)) return false;
  }
  return true;
}

export const modelNames = ["tiny", "convolutional", "encoder"] as const;
export type ModelName = (typeof modelNames)[number];

/** A dimension of -1 may have any size. */
export interface BenchTensor {
  name: string;
  datatype: "FP32" | "INT64";
  shape: number[];
}

/** A model that the benchmark makes itself: one input, one output of FP32, the first dimension of both open. */
export interface BenchModel {
  name: ModelName;
  description: string;
  /** The bytes of the ONNX file. */
  onnx: Uint8Array;
  input: BenchTensor;
  output: BenchTensor;
  /** One row for the input, flat. */
  sample: Float32Array | BigInt64Array;
}

/** The shape of so many rows. */
export function shapeOf({ shape }: BenchTensor, rows: number): number[] {
  return [rows, ...shape.slice(1)];
}

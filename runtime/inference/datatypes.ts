import type { Datatype } from "./inference.ts";

/** Flat, in row-major order. FP16 as its 16 bits, BOOL as 0 and 1, BYTES as text. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | string[];

/** A checked tensor, as it goes to a session and comes from it. */
export interface Tensor {
  name: string;
  datatype: Datatype;
  shape: number[];
  data: TensorData;
}

export interface DatatypeDescription {
  /** ONNX Runtime's name of the element type. */
  onnxType: string;
  /** Bytes of one element in memory; for BYTES what a short text costs at least. */
  elementBytes: number;
  /** A zeroed array of that many elements. */
  allocate(length: number): TensorData;
  /** Whole numbers: the smallest and largest that fit. */
  range?: [number, number] | [bigint, bigint];
}

/** Every datatype of the Open Inference Protocol that the engine carries. */
export const datatypes: Record<Datatype, DatatypeDescription> = {
  BOOL: { onnxType: "bool", elementBytes: 1, allocate: (length) => new Uint8Array(length) },
  UINT8: {
    onnxType: "uint8",
    elementBytes: 1,
    allocate: (length) => new Uint8Array(length),
    range: [0, 255],
  },
  UINT16: {
    onnxType: "uint16",
    elementBytes: 2,
    allocate: (length) => new Uint16Array(length),
    range: [0, 65_535],
  },
  UINT32: {
    onnxType: "uint32",
    elementBytes: 4,
    allocate: (length) => new Uint32Array(length),
    range: [0, 4_294_967_295],
  },
  UINT64: {
    onnxType: "uint64",
    elementBytes: 8,
    allocate: (length) => new BigUint64Array(length),
    range: [0n, 2n ** 64n - 1n],
  },
  INT8: {
    onnxType: "int8",
    elementBytes: 1,
    allocate: (length) => new Int8Array(length),
    range: [-128, 127],
  },
  INT16: {
    onnxType: "int16",
    elementBytes: 2,
    allocate: (length) => new Int16Array(length),
    range: [-32_768, 32_767],
  },
  INT32: {
    onnxType: "int32",
    elementBytes: 4,
    allocate: (length) => new Int32Array(length),
    range: [-2_147_483_648, 2_147_483_647],
  },
  INT64: {
    onnxType: "int64",
    elementBytes: 8,
    allocate: (length) => new BigInt64Array(length),
    range: [-(2n ** 63n), 2n ** 63n - 1n],
  },
  FP16: { onnxType: "float16", elementBytes: 2, allocate: (length) => new Uint16Array(length) },
  FP32: { onnxType: "float32", elementBytes: 4, allocate: (length) => new Float32Array(length) },
  FP64: { onnxType: "float64", elementBytes: 8, allocate: (length) => new Float64Array(length) },
  BYTES: { onnxType: "string", elementBytes: 8, allocate: (length) => new Array<string>(length).fill("") },
};

export function isDatatype(value: unknown): value is Datatype {
  return typeof value === "string" && Object.hasOwn(datatypes, value);
}

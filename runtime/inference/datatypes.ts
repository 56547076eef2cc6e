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

/** The array of a datatype's elements: as long as asked for and zeroed, or a view of the buffer's bytes. */
type ElementArray = new (
  lengthOrBuffer: number | ArrayBufferLike,
  byteOffset?: number,
  length?: number,
) => Exclude<TensorData, string[]>;

export interface DatatypeDescription {
  /** ONNX Runtime's name of the element type. */
  onnxType: string;
  /** Bytes of one element in memory; for BYTES what a short text costs at least. */
  elementBytes: number;
  /** A zeroed array of that many elements. */
  allocate(length: number): TensorData;
  /** Elements of a fixed size in the form that they have in memory and in binary requests; BYTES have none. */
  array?: ElementArray;
  /** Whole numbers: the smallest and largest that fit. */
  range?: [number, number] | [bigint, bigint];
}

/** Every datatype of the Open Inference Protocol that the engine carries. */
export const datatypes: Record<Datatype, DatatypeDescription> = {
  BOOL: fixedSize("bool", Uint8Array),
  UINT8: fixedSize("uint8", Uint8Array, [0, 255]),
  UINT16: fixedSize("uint16", Uint16Array, [0, 65_535]),
  UINT32: fixedSize("uint32", Uint32Array, [0, 4_294_967_295]),
  UINT64: fixedSize("uint64", BigUint64Array, [0n, 2n ** 64n - 1n]),
  INT8: fixedSize("int8", Int8Array, [-128, 127]),
  INT16: fixedSize("int16", Int16Array, [-32_768, 32_767]),
  INT32: fixedSize("int32", Int32Array, [-2_147_483_648, 2_147_483_647]),
  INT64: fixedSize("int64", BigInt64Array, [-(2n ** 63n), 2n ** 63n - 1n]),
  FP16: fixedSize("float16", Uint16Array),
  FP32: fixedSize("float32", Float32Array),
  FP64: fixedSize("float64", Float64Array),
  BYTES: { onnxType: "string", elementBytes: 8, allocate: (length) => new Array<string>(length).fill("") },
};

/** So many elements of a fixed size at the memory's beginning. */
export function viewOf(datatype: Datatype, memory: ArrayBuffer, length: number): TensorData {
  const { array: ElementArray } = datatypes[datatype];
  if (ElementArray === undefined) throw new Error(`${datatype} has no elements of a fixed size`);
  return new ElementArray(memory, 0, length);
}

/** The memory of the tensors' numbers, each buffer once. */
export function buffersOf(tensors: Tensor[]): ArrayBuffer[] {
  const buffers = tensors.flatMap(({ data }) => (Array.isArray(data) ? [] : [data.buffer as ArrayBuffer]));
  return [...new Set(buffers)];
}

export function isDatatype(value: unknown): value is Datatype {
  return typeof value === "string" && Object.hasOwn(datatypes, value);
}

function fixedSize(
  onnxType: string,
  array: ElementArray & { BYTES_PER_ELEMENT: number },
  range?: DatatypeDescription["range"],
): DatatypeDescription {
  return {
    onnxType,
    elementBytes: array.BYTES_PER_ELEMENT,
    allocate: (length) => new array(length),
    array,
    ...(range === undefined ? {} : { range }),
  };
}

import type { Problem } from "../../errors.ts";
import { datatypes, type TensorData } from "../datatypes.ts";
import { halfPrecisionOverflow, toHalfPrecision } from "../half-precision.ts";
import type { Datatype } from "../inference.ts";
import { exactInteger } from "./exact-integers.ts";
import { describeValue } from "./values.ts";

/** So many wrong elements of one tensor are told one by one; the rest is counted. */
const maximumElementProblems = 10;

/** Beyond it a number rounds to infinity in single precision: half a step over the largest finite value. */
const singlePrecisionOverflow = 2 ** 128 - 2 ** 103;

/** Puts one JSON value into the array, or tells what is wrong with it. */
type WriteElement = (target: TensorData, index: number, value: unknown) => string | undefined;

/**
 * The flat elements of a tensor that came as JSON: `data` flat in row-major order, or nested as `shape` says.
 *
 * BOOL takes true and false, BYTES text without NUL, the others numbers. INT64 and UINT64 also take decimal text; a
 * number beyond ±(2^53 - 1) is refused there unless it was kept exact, since it was rounded when it became one.
 * Adds every problem to `problems`, at paths that begin with `path`.
 */
export function decodeElements(
  data: unknown[],
  datatype: Datatype,
  shape: number[],
  path: string,
  problems: Problem[],
): TensorData | undefined {
  const found: Problem[] = [];
  let wrongElements = 0;
  const write = writers[datatype];
  const count = shape.reduce((product, size) => product * size, 1);
  const isNested = shape.length > 1 && Array.isArray(data[0]);
  if (!isNested && data.length !== count)
    found.push({ path, message: `has ${data.length} elements, shape [${shape.join(", ")}] needs ${count}` });
  // A nested tensor of the wrong form never holds more than the request does, whatever its shape says.
  const target = datatypes[datatype].allocate(isNested ? countLeaves(data, shape.length) : data.length);
  let index = 0;

  const writeAll = (values: unknown[], place: string) => {
    for (let position = 0; position < values.length; position += 1) {
      const message = write(target, index, values[position]);
      index += 1;
      if (message === undefined) continue;
      wrongElements += 1;
      if (wrongElements <= maximumElementProblems) found.push({ path: `${place}[${position}]`, message });
    }
  };
  const visit = (values: unknown, depth: number, place: string) => {
    if (!Array.isArray(values)) {
      found.push({ path: place, message: `must be an array, not ${describeValue(values)}` });
      return;
    }
    if (values.length !== shape[depth])
      found.push({
        path: place,
        message: `has ${values.length} elements, dimension ${depth} of shape [${shape.join(", ")}] is ${shape[depth]}`,
      });
    if (depth === shape.length - 1) writeAll(values, place);
    else
      for (const [position, value] of values.entries()) {
        if (found.length > maximumElementProblems) return;
        visit(value, depth + 1, `${place}[${position}]`);
      }
  };
  if (isNested) visit(data, 0, path);
  else writeAll(data, path);
  if (wrongElements > maximumElementProblems)
    found.push({ path, message: `${wrongElements - maximumElementProblems} more elements are wrong` });
  problems.push(...found);
  return found.length === 0 ? target : undefined;
}

function countLeaves(values: unknown, depth: number): number {
  if (!Array.isArray(values)) return 0;
  if (depth === 1) return values.length;
  let count = 0;
  for (const value of values) count += countLeaves(value, depth - 1);
  return count;
}

function integerWriter(datatype: Datatype): WriteElement {
  const [smallest, largest] = datatypes[datatype].range as [number, number];
  return (target, index, value) => {
    if (typeof value !== "number") return `must be a number, not ${describeValue(value)}`;
    if (!Number.isInteger(value)) return `must be a whole number, not ${value}`;
    if (value < smallest || value > largest)
      return `${value} is outside ${datatype}: ${smallest} to ${largest}`;
    (target as Int32Array)[index] = value;
    return undefined;
  };
}

function bigIntegerWriter(datatype: "INT64" | "UINT64"): WriteElement {
  const [smallest, largest] = datatypes[datatype].range as [bigint, bigint];
  return (target, index, value) => {
    let number = exactInteger(value);
    if (typeof value === "number") {
      if (!Number.isInteger(value)) return `must be a whole number, not ${value}`;
      if (!Number.isSafeInteger(value))
        return "is beyond 2^53: send it as text, JSON numbers are rounded there";
    } else if (number === undefined && (typeof value !== "string" || !/^-?\d{1,20}$/.test(value)))
      return `must be a whole number, or one as decimal text, not ${describeValue(value)}`;
    number ??= BigInt(value as number | string);
    if (number < smallest || number > largest)
      return `${number} is outside ${datatype}: ${smallest} to ${largest}`;
    (target as BigInt64Array)[index] = number;
    return undefined;
  };
}

function floatWriter(datatype: Datatype, overflow: number, convert: (value: number) => number): WriteElement {
  return (target, index, given) => {
    // Whole numbers are kept exact for the sake of all tensors.
    const value = typeof given === "string" ? Number(exactInteger(given) ?? Number.NaN) : given;
    if (Number.isNaN(value)) return `must be a number, not ${describeValue(given)}`;
    if (typeof value !== "number") return `must be a number, not ${describeValue(value)}`;
    if (!(Math.abs(value) < overflow)) return `${value} is too large for ${datatype}`;
    (target as Float64Array)[index] = convert(value);
    return undefined;
  };
}

const asItIs = (value: number) => value;

const writers: Record<Datatype, WriteElement> = {
  BOOL(target, index, value) {
    if (typeof value !== "boolean") return `must be true or false, not ${describeValue(value)}`;
    (target as Uint8Array)[index] = value ? 1 : 0;
    return undefined;
  },
  UINT8: integerWriter("UINT8"),
  UINT16: integerWriter("UINT16"),
  UINT32: integerWriter("UINT32"),
  UINT64: bigIntegerWriter("UINT64"),
  INT8: integerWriter("INT8"),
  INT16: integerWriter("INT16"),
  INT32: integerWriter("INT32"),
  INT64: bigIntegerWriter("INT64"),
  FP16: floatWriter("FP16", halfPrecisionOverflow, toHalfPrecision),
  FP32: floatWriter("FP32", singlePrecisionOverflow, asItIs),
  FP64: floatWriter("FP64", Number.POSITIVE_INFINITY, asItIs),
  BYTES(target, index, value) {
    if (typeof value !== "string" || exactInteger(value) !== undefined)
      return `must be text, not ${describeValue(value)}`;
    // ONNX Runtime would cut it there without a word.
    if (value.includes("\0")) return "must hold no NUL character";
    if (/\p{Cs}/u.test(value)) return "must be well-formed Unicode: it has half of a surrogate pair";
    (target as string[])[index] = value;
    return undefined;
  },
};

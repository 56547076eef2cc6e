import { datatypes, type Tensor, type TensorData, viewOf } from "../datatypes.ts";
import { toHalfPrecision } from "../half-precision.ts";
import type { Padding } from "./settings.ts";

/** Numeric arrays, whose methods differ by number and bigint only. */
type NumericArray = Exclude<TensorData, string[] | BigInt64Array | BigUint64Array>;

/** Rows of a request: the first dimension of its inputs. */
export function rowsOf(inputs: Tensor[]): number {
  return inputs[0]?.shape[0] ?? 1;
}

/** Requests with the same text may be put together: same outputs wanted, same datatypes, same shapes of a row. */
export function batchKey(inputs: Tensor[], outputs: string[], padding: Padding | undefined): string {
  const parts = inputs.map(({ name, datatype, shape }) => {
    const row = shape.slice(1);
    if (padding !== undefined && Object.hasOwn(padding.inputs, name)) row[padding.axis - 1] = -1;
    return `${name}\n${datatype}\n${row.join()}`;
  });
  return `${parts.sort().join("\n")}\n\n${[...outputs].sort().join("\n")}`;
}

/**
 * Puts requests of one batch key together, one after the other along the first dimension.
 * @param takeMemory of at least so many bytes, all of whose first ones are overwritten. Default: new memory
 */
export function concatenate(
  requests: Tensor[][],
  padding: Padding | undefined,
  takeMemory = (byteLength: number) => new ArrayBuffer(byteLength),
): Tensor[] {
  const [first] = requests as [Tensor[]];
  return first.map(({ name }) => {
    const parts = requests.map((inputs) => inputs.find((input) => input.name === name) as Tensor);
    const fill = padding && Object.hasOwn(padding.inputs, name) ? padding.inputs[name] : undefined;
    return fill === undefined || padding === undefined
      ? concatenateParts(parts, takeMemory)
      : concatenateParts(padParts(parts, padding.axis, fill), takeMemory);
  });
}

function concatenateParts(parts: Tensor[], takeMemory: (byteLength: number) => ArrayBuffer): Tensor {
  const [{ name, datatype, shape: firstShape }] = parts as [Tensor];
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
  const shape = [rows, ...firstShape.slice(1)];
  if (datatype === "BYTES")
    return { name, datatype, shape, data: parts.flatMap(({ data }) => data as string[]) };
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  const data = viewOf(
    datatype,
    takeMemory(length * datatypes[datatype].elementBytes),
    length,
  ) as NumericArray;
  let offset = 0;
  for (const part of parts) {
    data.set(part.data as NumericArray, offset);
    offset += part.data.length;
  }
  return { name, datatype, shape, data };
}

/** Fills dimension `axis` of each part up to the longest one's. */
function padParts(parts: Tensor[], axis: number, fill: number): Tensor[] {
  const longest = Math.max(...parts.map(({ shape }) => shape[axis] as number));
  return parts.map((part) =>
    part.shape[axis] === longest ? part : resizeAxis(part, { axis, size: longest, fill }),
  );
}

function resizeAxis(
  tensor: Tensor,
  { axis, size, fill }: { axis: number; size: number; fill: number },
): Tensor {
  const { datatype, shape } = tensor;
  const inner = shape.slice(axis + 1).reduce((product, dimension) => product * dimension, 1);
  const outer = shape.slice(0, axis).reduce((product, dimension) => product * dimension, 1);
  const [from, to] = [(shape[axis] as number) * inner, size * inner];
  const source = tensor.data as NumericArray;
  const target = datatypes[datatype].allocate(outer * to) as NumericArray;
  if (fill !== 0 && to > from) target.fill(elementOf(datatype, fill) as number);
  for (let row = 0; row < outer; row += 1)
    target.set(source.subarray(row * from, row * from + Math.min(from, to)), row * to);
  return { ...tensor, shape: shape.with(axis, size), data: target };
}

function elementOf(datatype: Tensor["datatype"], value: number): number | bigint {
  if (datatype === "INT64" || datatype === "UINT64") return BigInt(value);
  return datatype === "FP16" ? toHalfPrecision(value) : value;
}

/**
 * Each request's part of a batch's outputs; numbers stay where they are, as views.
 * @returns undefined where the outputs do not have the batch's rows: the graph does not treat rows one by one.
 */
export function split(
  outputs: Tensor[],
  requests: Tensor[][],
  padding: Padding | undefined,
): Tensor[][] | undefined {
  const rows = requests.map(rowsOf);
  const total = rows.reduce((sum, count) => sum + count, 0);
  if (outputs.some(({ shape }) => shape[0] !== total)) return undefined;
  let start = 0;
  return requests.map((inputs, index) => {
    const count = rows[index] as number;
    const parts = outputs.map((output) => cropped(rowsFrom(output, start, count, total), inputs, padding));
    start += count;
    return parts;
  });
}

function rowsFrom(output: Tensor, start: number, count: number, total: number): Tensor {
  const size = output.data.length / total;
  const [from, to] = [start * size, (start + count) * size];
  const data = Array.isArray(output.data)
    ? output.data.slice(from, to)
    : (output.data as NumericArray).subarray(from, to);
  return { ...output, shape: output.shape.with(0, count), data };
}

function cropped(output: Tensor, inputs: Tensor[], padding: Padding | undefined): Tensor {
  if (padding?.outputs?.includes(output.name) !== true) return output;
  const { axis } = padding;
  const own = inputs.find(({ name }) => Object.hasOwn(padding.inputs, name))?.shape[axis];
  const size = output.shape[axis];
  return own === undefined || size === undefined || size <= own
    ? output
    : resizeAxis(output, { axis, size: own, fill: 0 });
}

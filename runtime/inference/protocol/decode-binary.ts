import type { Problem } from "../../errors.ts";
import { datatypes, type TensorData } from "../datatypes.ts";
import type { Datatype } from "../inference.ts";

/** Bytes of the length before each element of a BYTES tensor. */
const lengthBytes = 4;

/**
 * The elements of a tensor that came in binary form: little-endian, row-major, without gaps; an element of BYTES is
 * preceded by its length (4 bytes), one of BOOL is a byte of 0 or 1.
 *
 * Numbers are not copied where the bytes are aligned and most of their buffer: the tensor then takes the buffer over.
 * Adds every problem to `problems`, at `path`.
 */
export function decodeBinary(
  bytes: Uint8Array,
  datatype: Datatype,
  shape: number[],
  path: string,
  problems: Problem[],
): TensorData | undefined {
  const count = shape.reduce((product, size) => product * size, 1);
  const message =
    datatype === "BYTES" ? textsProblem(bytes, count, shape) : sizeProblem(bytes, datatype, count, shape);
  if (message !== undefined) {
    problems.push({ path, message });
    return undefined;
  }
  if (datatype === "BYTES") return decodeTexts(bytes, count, path, problems);
  const wrong = datatype === "BOOL" ? bytes.findIndex((byte) => byte > 1) : -1;
  if (wrong >= 0) {
    problems.push({ path, message: `element ${wrong} is ${bytes[wrong]}, BOOL is 0 or 1` });
    return undefined;
  }
  return numbersOf(bytes, datatype);
}

/** One text that is the whole content, without its length before it. */
export function decodeSingleText(bytes: Uint8Array, path: string, problems: Problem[]): string[] | undefined {
  const text = decodeText(bytes);
  if (typeof text === "string") return [text];
  problems.push({ path, message: `the text ${text.problem}` });
  return undefined;
}

function sizeProblem(
  bytes: Uint8Array,
  datatype: Datatype,
  count: number,
  shape: number[],
): string | undefined {
  const needed = count * datatypes[datatype].elementBytes;
  if (bytes.length === needed) return undefined;
  return `is ${bytes.length} bytes, ${datatype} of shape [${shape.join(", ")}] needs ${needed}`;
}

/** Little-endian like every processor that Node runs on: the bytes are the elements. */
function numbersOf(bytes: Uint8Array, datatype: Datatype): TensorData {
  const { array: ElementArray, elementBytes } = datatypes[datatype];
  if (ElementArray === undefined) throw new Error(`${datatype} has no elements of a fixed size`);
  // A buffer goes to a worker as a whole, so it must not be another tensor's as well, nor Node's pool of small ones.
  const isMostOfBuffer = bytes.byteLength * 2 > bytes.buffer.byteLength;
  const source = isMostOfBuffer && bytes.byteOffset % elementBytes === 0 ? bytes : new Uint8Array(bytes);
  return new ElementArray(source.buffer, source.byteOffset, source.byteLength / elementBytes);
}

/** What is wrong with the lengths, so that nothing is allocated for a tensor that lies. */
function textsProblem(bytes: Uint8Array, count: number, shape: number[]): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  let found = 0;
  while (offset < bytes.length) {
    if (offset + lengthBytes > bytes.length) return `element ${found} has no length: the data ends within it`;
    const length = view.getUint32(offset, true);
    offset += lengthBytes + length;
    if (offset > bytes.length)
      return `element ${found} has length ${length}, only ${length - (offset - bytes.length)} bytes follow`;
    found += 1;
  }
  if (found === count) return undefined;
  return `has ${found} elements, shape [${shape.join(", ")}] needs ${count}`;
}

function decodeTexts(
  bytes: Uint8Array,
  count: number,
  path: string,
  problems: Problem[],
): string[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  for (let index = 0, offset = 0; index < count; index += 1) {
    const start = offset + lengthBytes;
    offset = start + view.getUint32(offset, true);
    const text = decodeText(bytes.subarray(start, offset));
    if (typeof text !== "string") {
      problems.push({ path, message: `element ${index} ${text.problem}` });
      return undefined;
    }
    texts.push(text);
  }
  return texts;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeText(bytes: Uint8Array): string | { problem: string } {
  // ONNX Runtime would cut it there without a word.
  if (bytes.includes(0)) return { problem: "must hold no NUL character" };
  try {
    return utf8.decode(bytes);
  } catch {
    return { problem: "must be UTF-8 text: ONNX Runtime for Node carries no other bytes" };
  }
}

import assert from "node:assert/strict";
import type { Problem } from "../../../../runtime/errors.ts";
import { datatypes, type TensorData } from "../../../../runtime/inference/datatypes.ts";
import type { Datatype } from "../../../../runtime/inference/inference.ts";
import { decodeBinary } from "../../../../runtime/inference/protocol/decode-binary.ts";
import { encodeBinary } from "../../../../runtime/inference/protocol/encode-binary.ts";

const samples: Record<Datatype, TensorData> = {
  BOOL: Uint8Array.of(1, 0),
  UINT8: Uint8Array.of(0, 255),
  UINT16: Uint16Array.of(1, 65_535),
  UINT32: Uint32Array.of(2, 2 ** 32 - 1),
  UINT64: BigUint64Array.of(3n, 2n ** 64n - 1n),
  INT8: Int8Array.of(-128, 127),
  INT16: Int16Array.of(-32_768, 1),
  INT32: Int32Array.of(-(2 ** 31), 1),
  INT64: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n),
  FP16: Uint16Array.of(0x3c00, 0x7e00),
  FP32: Float32Array.of(-0.5, Number.NaN),
  FP64: Float64Array.of(1e300, Number.NEGATIVE_INFINITY),
  BYTES: ["", "äöü 😀 \ufeff"],
};

function messageOf(bytes: Uint8Array, datatype: Datatype, shape: number[]): string {
  const problems: Problem[] = [];
  assert.equal(decodeBinary(bytes, datatype, shape, "here", problems), undefined);
  assert.equal(problems.length, 1);
  assert.equal(problems[0]?.path, "here");
  return problems[0]?.message ?? "";
}

/** The bytes at that offset of a larger buffer. */
function placed(bytes: Uint8Array, offset: number): Uint8Array {
  const buffer = new Uint8Array(offset + bytes.length);
  buffer.set(bytes, offset);
  return buffer.subarray(offset);
}

describe("decodeBinary", () => {
  for (const [datatype, data] of Object.entries(samples) as [Datatype, TensorData][])
    it(`reads ${datatype} wherever it lies, and encodeBinary writes the same bytes`, () => {
      const bytes = encodeBinary({ name: "x", datatype, shape: [2], data });
      if (datatype !== "BYTES") assert.equal(bytes.length, 2 * datatypes[datatype].elementBytes);
      for (const offset of [0, 1, 3, 8]) {
        const problems: Problem[] = [];
        assert.deepEqual(decodeBinary(placed(bytes, offset), datatype, [2], "", problems), data);
        assert.deepEqual(problems, []);
      }
    });

  it("takes over a buffer that is aligned and mostly the tensor's, and copies otherwise", () => {
    const read = (bytes: Uint8Array) => decodeBinary(bytes, "FP32", [256], "", []) as Float32Array;
    const aligned = placed(new Uint8Array(1024), 8);
    assert.equal(read(aligned).buffer, aligned.buffer);
    const misaligned = placed(new Uint8Array(1024), 3);
    assert.notEqual(read(misaligned).buffer, misaligned.buffer);
    const shared = new Uint8Array(4096).subarray(0, 1024);
    assert.notEqual(read(shared).buffer, shared.buffer);
    const pooled = Buffer.allocUnsafe(1024);
    assert.notEqual(read(pooled).buffer, pooled.buffer);
  });

  it("names sizes that do not fit, also those of shapes that no memory holds", () => {
    assert.equal(messageOf(new Uint8Array(7), "FP32", [2]), "is 7 bytes, FP32 of shape [2] needs 8");
    assert.equal(
      messageOf(new Uint8Array(8), "INT8", [2 ** 40, 2 ** 40]),
      "is 8 bytes, INT8 of shape [1099511627776, 1099511627776] needs 1.2089258196146292e+24",
    );
    assert.equal(
      messageOf(new Uint8Array(0), "BYTES", [2 ** 52]),
      "has 0 elements, shape [4503599627370496] needs 4503599627370496",
    );
  });

  it("refuses BOOL that is neither 0 nor 1", () => {
    assert.equal(messageOf(Uint8Array.of(1, 0, 2), "BOOL", [3]), "element 2 is 2, BOOL is 0 or 1");
  });

  it("refuses texts with lying lengths, a NUL inside, and bytes that are no UTF-8", () => {
    const text = (length: number, content: string | Uint8Array) => {
      const head = Buffer.alloc(4);
      head.writeUInt32LE(length);
      return Buffer.concat([head, Buffer.from(content as string)]);
    };
    const cases: [Uint8Array, number, RegExp][] = [
      [Buffer.from([1, 0]), 1, /element 0 has no length/],
      [text(2 ** 32 - 1, "abc"), 1, /element 0 has length 4294967295, only 3 bytes follow/],
      [text(2, "abc"), 1, /element 1 has no length/],
      [Buffer.concat([text(1, "a"), text(1, "b")]), 1, /has 2 elements, shape \[1\] needs 1/],
      [text(1, "a"), 2, /has 1 elements, shape \[2\] needs 2/],
      [Buffer.concat([text(1, "a"), text(3, "b\0c")]), 2, /element 1 must hold no NUL/],
      [text(2, Uint8Array.of(0xc3, 0x28)), 1, /element 0 must be UTF-8/],
    ];
    for (const [bytes, count, message] of cases) assert.match(messageOf(bytes, "BYTES", [count]), message);
  });
});

import assert from "node:assert/strict";
import type { Tensor } from "../../../../runtime/inference/datatypes.ts";
import { toHalfPrecision } from "../../../../runtime/inference/half-precision.ts";
import { normalise } from "../../../../runtime/inference/preprocessing/normalise.ts";

const step = { type: "normalise" as const, input: "x", output: "z" };

describe("normalise", () => {
  it("takes one mean and deviation for each feature of the last dimension", () => {
    const input: Tensor = { name: "x", datatype: "FP32", shape: [2, 2], data: Float32Array.of(1, 10, 3, 30) };
    assert.deepEqual(normalise(input, { ...step, mean: [1, 20], standardDeviation: [2, 10] }), {
      name: "z",
      datatype: "FP32",
      shape: [2, 2],
      data: Float32Array.of(0, -1, 1, 1),
    });
  });

  it("takes the channels of an image where they are, in whole numbers", () => {
    const pixels = Uint8Array.of(0, 255, 51, 102, 0, 10, 20, 30);
    const image: Tensor = { name: "x", datatype: "UINT8", shape: [1, 2, 2, 2], data: pixels };
    const { data } = normalise(image, { ...step, mean: [0, 10], standardDeviation: [255, 10], axis: 1 });
    assert.deepEqual(
      Array.from(data as Float32Array, (value) => Math.round(value * 1e6) / 1e6),
      [0, 1, 0.2, 0.4, -1, 0, 1, 2],
    );
  });

  it("takes one number for all, of half precision and of 64 bits", () => {
    const all = { ...step, mean: [1], standardDeviation: [0.5] };
    const half = Uint16Array.of(toHalfPrecision(2), toHalfPrecision(1.5));
    assert.deepEqual(
      normalise({ name: "x", datatype: "FP16", shape: [2], data: half }, all).data,
      Float32Array.of(2, 1),
    );
    const long = BigInt64Array.of(3n, -1n);
    assert.deepEqual(
      normalise({ name: "x", datatype: "INT64", shape: [2], data: long }, all).data,
      Float32Array.of(4, -4),
    );
  });
});

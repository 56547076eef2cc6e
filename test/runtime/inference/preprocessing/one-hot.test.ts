import assert from "node:assert/strict";
import type { Tensor } from "../../../../runtime/inference/datatypes.ts";
import { type OneHot, oneHot } from "../../../../runtime/inference/preprocessing/one-hot.ts";

const step: OneHot = { type: "one-hot", input: "colour", output: "z", categories: ["red", "green", "blue"] };
const colours = (...data: string[]): Tensor => ({
  name: "colour",
  datatype: "BYTES",
  shape: [data.length],
  data,
});

describe("oneHot", () => {
  it("puts a 1 at the place of each category", () => {
    assert.deepEqual(oneHot(colours("blue", "red"), step), {
      name: "z",
      datatype: "FP32",
      shape: [2, 3],
      data: Float32Array.of(0, 0, 1, 1, 0, 0),
    });
  });

  it("knows whole numbers of any width", () => {
    const numbers: Tensor = { name: "n", datatype: "INT64", shape: [1, 2], data: BigInt64Array.of(7n, -1n) };
    const { shape, data } = oneHot(numbers, { ...step, input: "n", categories: [-1, 7] });
    assert.deepEqual(shape, [1, 2, 2]);
    assert.deepEqual(data, Float32Array.of(0, 1, 1, 0));
  });

  it("refuses what is no category with its place, or leaves zeros", () => {
    assert.throws(() => oneHot(colours("red", "grey", "pink"), step), {
      status: 400,
      problems: [
        { path: "inputs.colour[1]", message: 'must be one of red, green, blue, not "grey"' },
        { path: "inputs.colour[2]", message: 'must be one of red, green, blue, not "pink"' },
      ],
    });
    const { data } = oneHot(colours("grey", "red"), { ...step, unknown: "zeros" });
    assert.deepEqual(data, Float32Array.of(0, 0, 0, 1, 0, 0));
  });
});

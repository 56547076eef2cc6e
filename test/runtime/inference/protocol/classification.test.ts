import assert from "node:assert/strict";
import type { TensorData } from "../../../../runtime/inference/datatypes.ts";
import { toHalfPrecision } from "../../../../runtime/inference/half-precision.ts";
import type { Datatype } from "../../../../runtime/inference/inference.ts";
import { classify } from "../../../../runtime/inference/protocol/classification.ts";

const scores = (datatype: Datatype, shape: number[], data: TensorData) => ({
  name: "y",
  datatype,
  shape,
  data,
});

describe("classify", () => {
  it("gives each row's best classes with score, index and label", () => {
    const output = scores("FP32", [2, 3], Float32Array.of(0.1, 0.7, 0.2, 3, -1, 3));
    assert.deepEqual(classify(output, 2, true, ["a", "b", "c"]), {
      name: "y",
      datatype: "BYTES",
      shape: [2, 2],
      data: ["0.7:1:b", "0.2:2:c", "3:0:a", "3:2:c"],
    });
    assert.deepEqual(classify(output, 9, true, undefined).data, [
      "0.7:1",
      "0.2:2",
      "0.1:0",
      "3:0",
      "3:2",
      "-1:1",
    ]);
  });

  it("takes an output without a batch as one row", () => {
    const output = scores("INT32", [4], Int32Array.of(1, 5, 10, 4));
    const best = classify(output, 2, false, undefined);
    assert.deepEqual([best.shape, best.data], [[2], ["10:2", "5:1"]]);
    assert.deepEqual(classify({ ...output, shape: [2, 2] }, 1, false, undefined).shape, [1]);
  });

  it("compares in the output's own datatype", () => {
    const large = scores("INT64", [1, 2], BigInt64Array.of(9007199254740992n, 9007199254740993n));
    assert.deepEqual(classify(large, 2, true, undefined).data, ["9007199254740993:1", "9007199254740992:0"]);
    const half = scores("FP16", [1, 3], Uint16Array.from([-1, 0.1, 0.5], toHalfPrecision));
    assert.deepEqual(classify(half, 3, true, undefined).data, ["0.5:2", "0.1:1", "-1:0"]);
  });

  it("puts what is no number last, and keeps the order of equal scores however many are asked for", () => {
    const data = Float64Array.from({ length: 500 }, (_, index) => (index === 7 ? Number.NaN : index % 2));
    const few = classify(scores("FP64", [1, 500], data), 60, true, undefined).data as string[];
    const all = classify(scores("FP64", [1, 500], data), 500, true, undefined).data as string[];
    assert.deepEqual(few, all.slice(0, 60));
    assert.deepEqual(few.slice(0, 4), ["1:1", "1:3", "1:5", "1:9"]);
    assert.equal(all.at(-1), "NaN:7");
  });
});

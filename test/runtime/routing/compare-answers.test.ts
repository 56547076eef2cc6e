import assert from "node:assert/strict";
import { outputsOf, sameOutputs } from "../../../runtime/routing/compare-answers.ts";

const values = (data: unknown[], name = "y") =>
  outputsOf({
    model_name: "m",
    model_version: "1",
    outputs: [{ name, datatype: "FP32", shape: [1, data.length], data }],
  });

function binary(numbers: number[]) {
  const outputs = [{ name: "y", datatype: "FP32", shape: [1, numbers.length], parameters: {} }];
  return outputsOf({
    json: Buffer.from(JSON.stringify({ model_name: "m", outputs })),
    binary: [new Uint8Array(Float32Array.from(numbers).buffer)],
  });
}

describe("sameOutputs", () => {
  it("takes numbers within the tolerance for the same", () => {
    assert.equal(sameOutputs(values([1, 2]), values([1, 2.05]), 0.1), true);
    assert.equal(sameOutputs(values([1, 2]), values([1, 2.05]), 0), false);
    assert.equal(sameOutputs(binary([1, 2]), binary([1, 2.05]), 0.1), true);
    assert.equal(sameOutputs(binary([1, 2]), binary([1, 2.05]), 0.01), false);
  });

  it("tells other names, shapes and texts apart, and takes not-a-number for itself", () => {
    assert.equal(sameOutputs(values([1]), values([1], "z"), 1), false);
    assert.equal(sameOutputs(values([1]), values([1, 1]), 1), false);
    assert.equal(sameOutputs(values(["NaN", "a"]), values(["NaN", "b"]), 1), false);
    assert.equal(sameOutputs(values(["NaN"]), values(["NaN"]), 0), true);
    assert.equal(sameOutputs(values([1]), values([Number.NaN]), 1), false);
  });
});

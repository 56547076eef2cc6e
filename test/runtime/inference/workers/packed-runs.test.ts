import assert from "node:assert/strict";
import { datatypes, type Tensor } from "../../../../runtime/inference/datatypes.ts";
import type { Datatype } from "../../../../runtime/inference/inference.ts";
import { packRuns, unpackRuns } from "../../../../runtime/inference/workers/packed-runs.ts";

describe("packed runs", () => {
  /** Three elements whose bytes differ; three bytes long for the smallest, so that the next begins unaligned. */
  function numbers(datatype: Datatype): Tensor {
    const { array, elementBytes } = datatypes[datatype];
    assert.ok(array);
    const bytes = Uint8Array.from({ length: 3 * elementBytes }, (_, index) => index + 1);
    return { name: datatype.toLowerCase(), datatype, shape: [3], data: new array(bytes.buffer) };
  }

  it("keep tensors of every datatype, in their order", () => {
    const tensors = (Object.keys(datatypes) as Datatype[])
      .filter((datatype) => datatype !== "BYTES")
      .map(numbers);
    assert.deepEqual(unpackRuns(packRuns([{ tensors, rest: {} }])), [{ tensors, rest: {} }]);
  });

  it("keep texts, what is told besides, and runs without tensors", () => {
    const texts: Tensor = { name: "text", datatype: "BYTES", shape: [2, 1], data: ['"ä\u2028', "\u{1f600}"] };
    const runs: { tensors: Tensor[]; rest: object }[] = [
      { tensors: [texts, numbers("INT8")], rest: { outputs: ["label"] } },
      { tensors: [], rest: { error: "none" } },
      { tensors: [numbers("INT64")], rest: { outputs: [] } },
    ];
    assert.deepEqual(unpackRuns(packRuns(runs)), runs);
  });

  it("are copies of exactly the elements of a view", () => {
    const whole = Float32Array.of(1, 2, 3, 4);
    const view: Tensor = { name: "x", datatype: "FP32", shape: [2], data: whole.subarray(1, 3) };
    const packed = packRuns([{ tensors: [view], rest: null }]);
    whole.fill(0);
    assert.deepEqual(unpackRuns(packed)[0]?.tensors[0]?.data, Float32Array.of(2, 3));
    assert.equal(packed.bytes.byteLength, 8);
  });
});

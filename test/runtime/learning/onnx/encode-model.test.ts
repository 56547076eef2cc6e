import assert from "node:assert/strict";
import * as ort from "onnxruntime-node";
import { ApiError } from "../../../../runtime/errors.ts";
import { encodeModel, type OnnxGraph } from "../../../../runtime/learning/onnx/encode-model.ts";

const affine: OnnxGraph = {
  name: "affine",
  inputs: [{ name: "x", datatype: "FP32", shape: ["batch", 2] }],
  outputs: [{ name: "y", datatype: "FP32", shape: ["batch", 2] }],
  nodes: [
    { operator: "Mul", inputs: ["x", "scale"], outputs: ["scaled"] },
    { operator: "Add", inputs: ["scaled", "offset"], outputs: ["y"] },
  ],
  initializers: [
    { name: "scale", shape: [2], data: new Float32Array([2, -3]) },
    { name: "offset", shape: [1], data: new Float32Array([0.5]) },
  ],
};

describe("encodeModel", () => {
  it("writes a model that ONNX Runtime loads and computes", async () => {
    const session = await ort.InferenceSession.create(encodeModel(affine));
    assert.deepEqual(session.inputNames, ["x"]);
    const result = await session.run({ x: new ort.Tensor("float32", [1, 2, 3, 4], [2, 2]) });
    assert.deepEqual(Array.from(result.y?.data as Float32Array), [2.5, -5.5, 6.5, -11.5]);
  });

  it("keeps dimensions of any size open and fixed ones fixed", async () => {
    const session = await ort.InferenceSession.create(
      encodeModel({ ...affine, inputs: [{ name: "x", datatype: "FP32", shape: [-1, 2] }] }),
    );
    const input = session.inputMetadata[0];
    assert.ok(input?.isTensor);
    assert.deepEqual(input.shape, ["batch", 2]);
  });

  it("writes every kind of attribute and of constant", async () => {
    const session = await ort.InferenceSession.create(
      encodeModel({
        name: "attributes",
        inputs: [{ name: "x", datatype: "FP32", shape: ["batch", 3] }],
        outputs: [{ name: "y", datatype: "FP64", shape: [3, "batch"] }],
        nodes: [
          { operator: "Elu", inputs: ["x"], outputs: ["a"], attributes: { alpha: { float: 2 } } },
          { operator: "Transpose", inputs: ["a"], outputs: ["b"], attributes: { perm: [1, 0] } },
          { operator: "Gather", inputs: ["b", "order"], outputs: ["c"], attributes: { axis: 0 } },
          { operator: "Cast", inputs: ["c"], outputs: ["d"], attributes: { to: 11 } },
          { operator: "Add", inputs: ["d", "half"], outputs: ["y"] },
        ],
        initializers: [
          { name: "order", shape: [3], data: BigInt64Array.from([2n, 1n, 0n]) },
          { name: "half", shape: [], data: new Float64Array([0.5]) },
        ],
      }),
    );
    const result = await session.run({ x: new ort.Tensor("float32", [1, 2, -1], [1, 3]) });
    const values = Array.from(result.y?.data as Float64Array);
    assert.deepEqual(result.y?.dims, [3, 1]);
    assert.ok(Math.abs((values[0] ?? 0) - (2 * (Math.exp(-1) - 1) + 0.5)) < 1e-6);
    assert.deepEqual(values.slice(1), [2.5, 1.5]);
  });

  it("names every problem of a graph at once", () => {
    const broken: OnnxGraph = {
      ...affine,
      outputs: [{ name: "z", datatype: "FP32", shape: ["batch", 2] }],
      nodes: [
        { operator: "Mul", inputs: ["x", "missing"], outputs: ["scaled"] },
        { operator: "Relu", inputs: ["x"], outputs: ["scaled"] },
      ],
      initializers: [{ name: "scale", shape: [3], data: new Float32Array([2, -3]) }],
    };
    assert.throws(
      () => encodeModel(broken),
      (error) => {
        assert.ok(error instanceof ApiError);
        assert.equal(error.code, "invalid-onnx-graph");
        assert.deepEqual(
          error.problems.map((problem) => problem.path),
          ["initializers[0].data", "nodes[0].inputs", "nodes[1].outputs", "outputs[0]"],
        );
        return true;
      },
    );
  });
});

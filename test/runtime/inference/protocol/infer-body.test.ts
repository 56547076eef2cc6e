import assert from "node:assert/strict";
import type { ModelInterface } from "../../../../runtime/inference/protocol/decode-request.ts";
import { decodeBody } from "../../../../runtime/inference/protocol/infer-body.ts";

function modelOf(datatype: "FP32" | "INT64"): ModelInterface {
  return {
    inputs: [
      { name: "x", datatype: "FP32", shape: [-1, 2] },
      { name: "n", datatype, shape: [-1] },
    ],
    outputs: [{ name: "y", datatype: "FP32", shape: [-1] }],
  };
}

const request = {
  id: "r",
  inputs: [
    { name: "x", datatype: "FP32", shape: [1, 2], parameters: { binary_data_size: 8 } },
    { name: "n", datatype: "INT64", shape: [1], data: [5] },
  ],
};

function bodyOf(numbers: number[], json: string = JSON.stringify(request)) {
  const head = Buffer.from(json);
  const bytes = Buffer.concat([head, Buffer.from(Float32Array.from(numbers).buffer)]);
  return { bytes, jsonLength: head.length };
}

describe("the body of an infer request", () => {
  it("has its own tensors where the JSON before them is that of earlier ones", () => {
    const model = modelOf("INT64");
    for (const numbers of [
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ]) {
      const { id, inputs } = decodeBody(bodyOf(numbers), model);
      assert.equal(id, "r");
      assert.deepEqual(
        inputs.map(({ name, shape, data }) => [name, [...shape], [...data]]),
        [
          ["x", [1, 2], numbers],
          ["n", [1], [5n]],
        ],
      );
    }
  });

  it("is read anew as soon as its JSON differs", () => {
    const model = modelOf("INT64");
    const ids = ["a", "a", "a", "b", "a", "b", "b", "b"];
    const read = ids.map((id) => decodeBody(bodyOf([1, 2], JSON.stringify({ ...request, id })), model).id);
    assert.deepEqual(read, ids);
  });

  it("keeps a model's JSON apart from another's: whole numbers beyond 2^53 are exact for one alone", () => {
    const long = `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}},{"name":"n","datatype":"N","shape":[1],"data":[9007199254740993]}]}`;
    const [integers, floats] = [modelOf("INT64"), modelOf("FP32")];
    for (let count = 0; count < 3; count += 1) {
      const exact = decodeBody(bodyOf([1, 2], long.replace('"N"', '"INT64"')), integers);
      assert.deepEqual([...(exact.inputs[1]?.data ?? [])], [9_007_199_254_740_993n]);
      const rounded = decodeBody(bodyOf([1, 2], long.replace('"N"', '"FP32"')), floats);
      assert.deepEqual([...(rounded.inputs[1]?.data ?? [])], [2 ** 53]);
    }
  });

  it("is refused each time where the JSON is wrong", () => {
    const model = modelOf("INT64");
    for (let count = 0; count < 3; count += 1)
      assert.throws(() => decodeBody(bodyOf([1, 2], '{"inputs": ['), model), { code: "invalid-json" });
    for (let count = 0; count < 3; count += 1)
      assert.throws(
        () => decodeBody(bodyOf([1, 2, 3]), model),
        /all binary_data_size together are 8 bytes, 12 bytes follow/,
      );
  });

  it("leaves alone what it shares with others: a reader that changes it fails", () => {
    const model = modelOf("INT64");
    const [, , third] = [1, 2, 3].map(() => decodeBody(bodyOf([1, 2]), model));
    assert.throws(() => third?.inputs[0]?.shape.push(1), TypeError);
  });
});

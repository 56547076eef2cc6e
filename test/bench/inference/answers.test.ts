import assert from "node:assert/strict";
import { difference, expectedOutput } from "../../../bench/inference/answers.ts";
import { convolutionalModel } from "../../../bench/inference/models/convolutional.ts";
import { tinyModel } from "../../../bench/inference/models/tiny.ts";

describe("answers of the measured servers", () => {
  it("may differ in the last digits only", () => {
    assert.equal(difference([0.10001, 2], [0.1, 2]), undefined);
    assert.equal(difference([0.11, 2], [0.1, 2]), "number 0 is 0.11, expected is 0.1");
    assert.equal(difference([0.1, Number.NaN], [0.1, 2]), "number 1 is NaN, expected is 2");
    assert.equal(difference([0.1], [0.1, 2]), "it has 1 numbers, expected are 2");
  });

  for (const make of [tinyModel, convolutionalModel])
    it(`are those of a model that is the same in every run: ${make.name}`, async () => {
      const [one, other] = [make(), make()];
      assert.deepEqual(one.onnx, other.onnx);
      const output = await expectedOutput(one);
      assert.equal(output.length, one.output.shape[1]);
      // A model that says the same to everything could not show a mixed-up answer.
      const zeros = await expectedOutput({ ...one, sample: new Float32Array(one.sample.length) });
      assert.ok(difference(zeros, output) !== undefined);
      assert.equal(difference(await expectedOutput(other), output), undefined);
    });
});

import assert from "node:assert/strict";
import { type NewModelVersion, publishModel } from "../../../runtime/inference/model-repository.ts";
import { encodeModel } from "../../../runtime/learning/onnx/encode-model.ts";
import { useEngines } from "./engine-fixture.ts";
import { classifierModel, scaleModel, tensor } from "./models.ts";
import { thrownBy } from "./thrown-by.ts";

/** y = 2 · prepared, where the graph's own input is FP32 of this shape. */
function preparedModel(
  shape: number[],
  input: NewModelVersion["inputs"][number],
  step: NonNullable<NewModelVersion["preprocessing"]>[number],
): NewModelVersion {
  const outputs = [{ name: "y", datatype: "FP32" as const, shape }];
  const graph = encodeModel({
    name: "prepared",
    inputs: [{ name: "prepared", datatype: "FP32", shape }],
    outputs,
    nodes: [{ operator: "Add", inputs: ["prepared", "prepared"], outputs: ["y"] }],
  });
  return {
    ...scaleModel(1, "prepared"),
    inputs: [input],
    outputs,
    files: { "model.onnx": graph },
    preprocessing: [step],
  };
}

const normalised = (change: object = {}) =>
  preparedModel(
    [-1, 2],
    { name: "x", datatype: "UINT8", shape: [-1, 2] },
    {
      type: "normalise",
      input: "x",
      output: "prepared",
      mean: [10, 20],
      standardDeviation: [1, 2],
      ...change,
    },
  );

const colours = (change: object = {}) =>
  preparedModel(
    [-1, 2],
    { name: "colour", datatype: "BYTES", shape: [-1] },
    { type: "one-hot", input: "colour", output: "prepared", categories: ["red", "blue"], ...change },
  );

/** The classifier's three scores as its two best classes. */
function bestTwo(change: object = {}): NewModelVersion {
  const { labels: _labels, ...model } = classifierModel("best");
  return {
    ...model,
    outputs: [
      { name: "score", datatype: "FP32", shape: [-1, 2] },
      { name: "place", datatype: "INT64", shape: [-1, 2] },
      { name: "label", datatype: "BYTES", shape: [-1, 2] },
      { name: "sum", datatype: "FP32", shape: [-1, 1] },
    ],
    postprocessing: [
      {
        type: "top-k",
        input: { name: "scores", datatype: "FP32", shape: [-1, 3] },
        count: 2,
        scores: "score",
        indices: "place",
        labels: { output: "label", names: ["first", "second", "neither"] },
        ...change,
      },
    ],
  };
}

describe("inference engine: preprocessing and postprocessing", () => {
  const engines = useEngines();

  it("normalises before the graph, in batches as well", async () => {
    await publishModel(engines.store, { ...normalised(), batching: { maximumSize: 8 } });
    const inference = engines.start();
    const ask = (data: number[]) =>
      inference.infer("prepared", undefined, { inputs: [tensor("x", "UINT8", [1, 2], data)] });
    const answers = await Promise.all([ask([10, 20]), ask([11, 24]), ask([0, 0])]);
    assert.deepEqual(
      answers.map(({ outputs }) => outputs[0]?.data),
      [
        [0, 0],
        [2, 4],
        [-20, -20],
      ],
    );
  });

  it("makes categories, and fails of a batch only the request that has another one", async () => {
    await publishModel(engines.store, { ...colours(), batching: { maximumSize: 8 } });
    const inference = engines.start();
    await inference.ready("prepared");
    const ask = (colour: string) =>
      inference.infer("prepared", undefined, { inputs: [tensor("colour", "BYTES", [1], [colour])] });
    const [red, grey, blue] = await Promise.all([ask("red"), thrownBy(ask("grey")), ask("blue")]);
    assert.deepEqual(red.outputs[0]?.data, [2, 0]);
    assert.deepEqual(blue.outputs[0]?.data, [0, 2]);
    assert.deepEqual([grey.status, grey.code], [400, "invalid-request"]);
    assert.deepEqual(grey.problems, [
      { path: "inputs.colour[0]", message: 'must be one of red, blue, not "grey"' },
    ]);
  });

  it("answers with the best classes as outputs of their own, those that are asked for", async () => {
    await publishModel(engines.store, { ...bestTwo(), warmUp: [{ inputs: [{ name: "x", shape: [1, 2] }] }] });
    const inference = engines.start();
    const inputs = [tensor("x", "FP32", [2, 2], [0.5, 2, 3, 1])];
    const { outputs } = await inference.infer("best", undefined, { inputs });
    assert.deepEqual(
      outputs.map(({ name, shape, data }) => [name, shape, data]),
      [
        ["score", [2, 2], [2, 0.5, 3, 1]],
        ["place", [2, 2], [1, 0, 0, 1]],
        ["label", [2, 2], ["second", "first", "first", "second"]],
        ["sum", [2, 1], [2.5, 4]],
      ],
    );
    const some = await inference.infer("best", undefined, {
      inputs,
      outputs: [{ name: "sum" }, { name: "label" }],
    });
    assert.deepEqual(
      some.outputs.map(({ name }) => name),
      ["sum", "label"],
    );
  });

  it("refuses steps that do not fit the tensors, with the place", async () => {
    const cases: [NewModelVersion, string, RegExp][] = [
      [
        normalised({ mean: [1, 2, 3] }),
        "preprocessing.0.mean",
        /has 3 numbers, must have 1 or as many as dimension 1 of x, which is 2/,
      ],
      [normalised({ standardDeviation: [0] }), "preprocessing.0.standardDeviation", /above 0/],
      [normalised({ axis: 2 }), "preprocessing.0.axis", /below 2/],
      [
        { ...normalised(), inputs: [{ name: "x", datatype: "BYTES", shape: [-1, 2] }] },
        "preprocessing.0.input",
        /must be numbers/,
      ],
      [colours({ categories: [1, 2] }), "preprocessing.0.categories", /must be text/],
      [colours({ categories: ["red", "red"] }), "preprocessing.0.categories", /differ/],
      [bestTwo({ count: 4 }), "postprocessing.0.count", /at most 3/],
      [bestTwo({ scores: "other" }), "postprocessing.0", /makes other, which is no output/],
      [
        bestTwo({ labels: { output: "label", names: ["one"] } }),
        "postprocessing.0.labels.names",
        /has 1 labels/,
      ],
      [bestTwo({ indices: "label" }), "postprocessing.0", /makes label as INT64/],
    ];
    for (const [model, path, message] of cases) {
      const { problems } = await thrownBy(publishModel(engines.store, model));
      const found = problems.find((problem) => problem.path === path);
      assert.match(found?.message ?? JSON.stringify(problems), message);
    }
  });
});

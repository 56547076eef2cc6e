import assert from "node:assert/strict";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import * as layersApi from "@tensorflow/tfjs-layers";
import { ApiError } from "../../../../runtime/errors.ts";
import { convertLayersModel } from "../../../../runtime/learning/onnx/convert-layers-model.ts";
import { encodeModel } from "../../../../runtime/learning/onnx/encode-model.ts";
import { loadOnnx } from "../../../../runtime/learning/onnx/run-onnx.ts";

const { layers } = layersApi;
type Layer = layersApi.layers.Layer;

/** Random weights for every variable, so that a bias or a gate in the wrong place shows. */
function randomWeights(model: layersApi.LayersModel): void {
  model.setWeights(
    model
      .getWeights()
      .map((weight, index) => tf.randomUniform(weight.shape, -0.8, 0.8, "float32", index + 1)),
  );
}

async function assertSameOutputs(model: layersApi.LayersModel, input: tf.Tensor): Promise<void> {
  randomWeights(model);
  const names = model.outputs.map((_, index) => `output${index}`);
  const graph = convertLayersModel(model, { name: "test", inputs: ["input"], outputs: names });
  const runner = await loadOnnx(encodeModel(graph));
  const result = await runner.run({
    input: { shape: input.shape, data: Float32Array.from(input.dataSync()) },
  });
  const expected = [model.predict(input)].flat();
  assert.equal(expected.length, names.length);
  expected.forEach((tensor, index) => {
    const actual = result[names[index] ?? ""];
    assert.deepEqual(actual?.shape, tensor.shape);
    const values = tensor.dataSync();
    const difference = Math.max(
      ...values.map((value, place) => Math.abs(value - (actual?.data[place] ?? Number.NaN))),
    );
    assert.ok(difference < 1e-5, `differs by ${difference}`);
  });
  await runner.release();
}

/** The default, orthogonal, wants more of TensorFlow.js than the two packages here; the weights are set anyway. */
const recurrent = { recurrentInitializer: "zeros" as const };

const sequence = () => tf.randomUniform([3, 7, 4], -2, 2, "float32", 11);

const sequenceLayers: Record<string, () => Layer[]> = {
  Dense: () => [layers.dense({ units: 5, activation: "relu", inputShape: [7, 4] })],
  "Dense without bias": () => [layers.dense({ units: 5, useBias: false, inputShape: [7, 4] })],
  LSTM: () => [layers.lstm({ ...recurrent, units: 5, inputShape: [7, 4] })],
  "LSTM with the sequence and sigmoid gates": () => [
    layers.lstm({
      ...recurrent,
      units: 5,
      returnSequences: true,
      recurrentActivation: "sigmoid",
      inputShape: [7, 4],
    }),
  ],
  "LSTM without bias, backwards, relu": () => [
    layers.lstm({
      ...recurrent,
      units: 5,
      useBias: false,
      goBackwards: true,
      activation: "relu",
      inputShape: [7, 4],
    }),
  ],
  GRU: () => [layers.gru({ ...recurrent, units: 5, inputShape: [7, 4] })],
  "GRU with the sequence": () => [
    layers.gru({
      ...recurrent,
      units: 5,
      returnSequences: true,
      recurrentActivation: "sigmoid",
      inputShape: [7, 4],
    }),
  ],
  "Conv1D valid": () => [
    layers.conv1d({ filters: 6, kernelSize: 3, activation: "tanh", inputShape: [7, 4] }),
  ],
  "Conv1D same with stride": () => [
    layers.conv1d({ filters: 6, kernelSize: 4, strides: 2, padding: "same", inputShape: [7, 4] }),
  ],
  "Conv1D same and dilated": () => [
    layers.conv1d({ filters: 6, kernelSize: 3, dilationRate: 2, padding: "same", inputShape: [7, 4] }),
  ],
  GlobalAveragePooling1D: () => [layers.globalAveragePooling1d({ inputShape: [7, 4] } as never)],
  GlobalMaxPooling1D: () => [layers.globalMaxPooling1d({ inputShape: [7, 4] } as never)],
  "Flatten, Dropout and Dense": () => [
    layers.flatten({ inputShape: [7, 4] }),
    layers.dropout({ rate: 0.5 }),
    layers.dense({ units: 3, activation: "softmax" }),
  ],
  Softmax: () => [layers.softmax({ axis: 2, inputShape: [7, 4] } as never)],
  ReLU: () => [layers.reLU({ inputShape: [7, 4] } as never)],
  "noise layers": () => [
    layers.gaussianNoise({ stddev: 1, inputShape: [7, 4] } as never),
    layers.gaussianDropout({ rate: 0.2 }),
    layers.spatialDropout1d({ rate: 0.2 } as never),
  ],
};

const activationNames = [
  "linear",
  "relu",
  "sigmoid",
  "tanh",
  "hardSigmoid",
  "elu",
  "selu",
  "softplus",
  "softsign",
  "softmax",
];

describe("convertLayersModel", () => {
  before(async () => {
    // Keeps TensorFlow.js from advertising its native package.
    tf.env().set("IS_TEST", true);
    await tf.setBackend("cpu");
  });
  after(() => tf.env().set("IS_TEST", false));

  for (const [name, build] of Object.entries(sequenceLayers))
    it(`computes the same as TensorFlow.js: ${name}`, () =>
      assertSameOutputs(layersApi.sequential({ layers: build() }), sequence()));

  for (const activation of activationNames)
    it(`computes the same as TensorFlow.js: activation ${activation}`, () =>
      assertSameOutputs(
        layersApi.sequential({
          layers: [layers.activation({ activation: activation as "relu", inputShape: [7, 4] })],
        }),
        sequence(),
      ));

  it("computes the same as TensorFlow.js: Embedding", () =>
    assertSameOutputs(
      layersApi.sequential({ layers: [layers.embedding({ inputDim: 9, outputDim: 3, inputLength: 6 })] }),
      tf.tensor2d([
        [0, 1, 2, 3, 4, 5],
        [8, 7, 6, 5, 4, 3],
      ]),
    ));

  it("follows branches, concatenation and several outputs", () => {
    const input = layersApi.input({ shape: [7, 4] });
    const trunk = layers.lstm({ ...recurrent, units: 4 }).apply(input) as layersApi.SymbolicTensor;
    const side = layers.globalAveragePooling1d({} as never).apply(input) as layersApi.SymbolicTensor;
    const joined = layers.concatenate().apply([trunk, side]) as layersApi.SymbolicTensor;
    const one = layers.dense({ units: 2 }).apply(joined) as layersApi.SymbolicTensor;
    const other = layers.dense({ units: 3, activation: "sigmoid" }).apply(trunk) as layersApi.SymbolicTensor;
    return assertSameOutputs(layersApi.model({ inputs: input, outputs: [one, other] }), sequence());
  });

  it("names every layer and setting that it cannot convert", () => {
    const model = layersApi.sequential({
      layers: [
        layers.lstm({
          ...recurrent,
          units: 2,
          returnSequences: true,
          goBackwards: true,
          name: "backwards",
          inputShape: [7, 4],
        }),
        layers.batchNormalization({ name: "normal" }),
        layers.maxPooling1d({ poolSize: 2, name: "pool" }),
      ],
    });
    assert.throws(
      () => convertLayersModel(model, { name: "test", inputs: ["x"], outputs: ["y"] }),
      (error) => {
        assert.ok(error instanceof ApiError);
        assert.equal(error.code, "unsupported-layer");
        assert.deepEqual(
          error.problems.map((problem) => problem.path),
          ["backwards", "normal", "pool"],
        );
        assert.match(error.problems[1]?.message ?? "", /BatchNormalization.*supported are Dense/);
        return true;
      },
    );
  });

  it("refuses names that do not fit the model's inputs and outputs", () => {
    const model = layersApi.sequential({ layers: [layers.dense({ units: 1, inputShape: [4] })] });
    assert.throws(
      () => convertLayersModel(model, { name: "test", inputs: ["x", "z"], outputs: [] }),
      /inputs: 2 names for the model's 1/,
    );
  });
});

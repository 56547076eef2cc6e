import { encodeModel } from "../onnx/encode-model.ts";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import type { Layer } from "./network.ts";

export interface Standardisation {
  /** Of each column, over the rows that the model learned from. */
  means: Float64Array;
  /** Never 0. */
  deviations: Float64Array;
}

export interface TabularModel {
  kind: "classification" | "regression";
  /** The columns that it reads, in their order. */
  features: string[];
  target: string;
  inputs: Standardisation;
  /** Regression: of the target. */
  output: { mean: number; deviation: number };
  layers: Layer[];
}

/** Names of the graph's input, [rows, features], and its output: [rows, classes], or [rows, 1] for a regression. */
export const tabularInput = "features";
export const tabularOutput = { classification: "probabilities", regression: "prediction" } as const;

/** The ONNX file: standardisation, layers with ReLU between them, then softmax or the target's own scale. */
export function exportTabular(model: TabularModel): Uint8Array {
  const builder = new GraphBuilder();
  const vector = (scope: string, name: string, values: ArrayLike<number>) =>
    builder.constant(scope, name, [values.length], Float32Array.from(values));
  const centred = builder.node("standardise", "Sub", [
    tabularInput,
    vector("standardise", "means", model.inputs.means),
  ]);
  let value = builder.node("standardise", "Div", [
    centred,
    vector("standardise", "deviations", model.inputs.deviations),
  ]);
  for (const [index, { inputs, outputs, weights, biases }] of model.layers.entries()) {
    const scope = `layer-${index + 1}`;
    const matrix = builder.constant(scope, "weights", [inputs, outputs], Float32Array.from(weights));
    value = builder.node(scope, "Gemm", [value, matrix, vector(scope, "biases", biases)]);
    if (index < model.layers.length - 1) value = builder.node(scope, "Relu", [value]);
  }
  const output = tabularOutput[model.kind];
  if (model.kind === "classification") value = builder.node("output", "Softmax", [value], { axis: -1 });
  else {
    const scaled = builder.node("output", "Mul", [
      value,
      vector("output", "deviation", [model.output.deviation]),
    ]);
    value = builder.node("output", "Add", [scaled, vector("output", "mean", [model.output.mean])]);
  }
  builder.rename(value, output);
  const last = model.layers.at(-1)?.outputs ?? 1;
  return encodeModel({
    name: `${model.kind} of ${model.target}`,
    inputs: [{ name: tabularInput, datatype: "FP32", shape: ["rows", model.features.length] }],
    outputs: [{ name: output, datatype: "FP32", shape: ["rows", last] }],
    nodes: builder.nodes,
    initializers: builder.initializers,
  });
}

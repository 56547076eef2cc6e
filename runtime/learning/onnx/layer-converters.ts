import type { Problem } from "../../errors.ts";
import { addActivation } from "./activations.ts";
import type { GraphBuilder } from "./graph-builder.ts";
import { convertGru, convertLstm } from "./recurrent-layers.ts";

export type LayerProblem = Problem;

/** A layer as its converter sees it. */
export interface LayerCall {
  /** Prefix of the names that the layer's nodes get. */
  scope: string;
  config: Record<string, unknown>;
  weights: { shape: number[]; data: Float32Array }[];
  /** Names of the values that it reads. */
  inputs: string[];
  inputShapes: (number | null)[][];
  builder: GraphBuilder;
  /** Reports a setting that cannot be exported. */
  report: (message: string) => void;
}

/** Adds a layer's nodes and returns the name of its output. */
export type LayerConverter = (call: LayerCall) => string;

const unchanged: LayerConverter = ({ inputs }) => inputs[0] ?? "";

/** By the class name that tfjs gives the layer. */
export const layerConverters: Record<string, LayerConverter> = {
  Dense: convertDense,
  Conv1D: convertConvolution,
  LSTM: convertLstm,
  GRU: convertGru,
  Embedding: convertEmbedding,
  Activation: ({ scope, config, inputs, builder, report }) =>
    addActivation(builder, scope, String(config.activation), inputs[0] ?? "", report),
  ReLU: ({ scope, config, inputs, builder, report }) => {
    if (config.maxValue != null) report(`maxValue ${config.maxValue} cannot be exported`);
    return builder.node(scope, "Relu", inputs);
  },
  Softmax: ({ scope, config, inputs, builder }) =>
    builder.node(scope, "Softmax", inputs, { axis: Number(config.axis ?? 1) }),
  Flatten: ({ scope, inputs, builder }) => builder.node(scope, "Flatten", inputs, { axis: 1 }),
  GlobalAveragePooling1D: ({ scope, inputs, builder }) =>
    builder.node(scope, "ReduceMean", inputs, { axes: [1], keepdims: 0 }),
  GlobalMaxPooling1D: ({ scope, inputs, builder }) =>
    builder.node(scope, "ReduceMax", inputs, { axes: [1], keepdims: 0 }),
  Concatenate: ({ scope, config, inputs, builder }) =>
    builder.node(scope, "Concat", inputs, { axis: Number(config.axis ?? -1) }),
  Dropout: unchanged,
  SpatialDropout1D: unchanged,
  GaussianNoise: unchanged,
  GaussianDropout: unchanged,
};

function convertDense({ scope, config, weights, inputs, builder, report }: LayerCall): string {
  const [kernel, bias] = weights;
  if (!kernel) throw new Error(`the dense layer ${scope} has no weights`);
  let value = builder.node(scope, "MatMul", [
    inputs[0] ?? "",
    builder.constant(scope, "kernel", kernel.shape, kernel.data),
  ]);
  if (bias)
    value = builder.node(scope, "Add", [value, builder.constant(scope, "bias", bias.shape, bias.data)]);
  return addActivation(builder, scope, String(config.activation ?? "linear"), value, report);
}

/** tfjs keeps [batch, time, channel] and kernels [time, in, out]; ONNX wants [batch, channel, time] and [out, in, time]. */
function convertConvolution(call: LayerCall): string {
  const { scope, config, weights, inputs, builder, report } = call;
  const [kernel, bias] = weights;
  if (!kernel) throw new Error(`the convolution ${scope} has no weights`);
  const [size = 0, from = 0, to = 0] = kernel.shape;
  const turned = new Float32Array(kernel.data.length);
  for (let time = 0; time < size; time += 1)
    for (let input = 0; input < from; input += 1)
      for (let output = 0; output < to; output += 1)
        turned[(output * from + input) * size + time] = kernel.data[(time * from + input) * to + output] ?? 0;
  if (config.dataFormat === "channelsFirst")
    report("dataFormat channelsFirst cannot be exported; use channelsLast");
  const convolved = builder.node(
    scope,
    "Conv",
    [
      builder.node(scope, "Transpose", [inputs[0] ?? ""], { perm: [0, 2, 1] }),
      builder.constant(scope, "kernel", [to, from, size], turned),
      ...(bias ? [builder.constant(scope, "bias", bias.shape, bias.data)] : []),
    ],
    {
      kernel_shape: [size],
      strides: [first(config.strides)],
      dilations: [first(config.dilationRate)],
      ...padding(call, size),
    },
  );
  const value = builder.node(scope, "Transpose", [convolved], { perm: [0, 2, 1] });
  return addActivation(builder, scope, String(config.activation ?? "linear"), value, report);
}

/** With a stride, tfjs allows no dilation, and ONNX knows the same automatic padding; without, it is written out. */
function padding({ config, report }: LayerCall, size: number): Record<string, string | number[]> {
  const mode = String(config.padding);
  if (mode === "same") {
    if (first(config.strides) > 1) return { auto_pad: "SAME_UPPER" };
    const reach = (size - 1) * first(config.dilationRate);
    return { pads: [Math.floor(reach / 2), Math.ceil(reach / 2)] };
  }
  if (mode !== "valid") report(`padding ${mode} cannot be exported; use valid or same`);
  return { pads: [0, 0] };
}

function first(value: unknown): number {
  return Number(Array.isArray(value) ? (value[0] ?? 1) : (value ?? 1));
}

/** tfjs feeds the indices as floats; ONNX looks rows up by whole numbers. */
function convertEmbedding({ scope, config, weights, inputs, builder, report }: LayerCall): string {
  const [table] = weights;
  if (!table) throw new Error(`the embedding ${scope} has no weights`);
  if (config.maskZero === true) report("maskZero cannot be exported");
  const whole = builder.node(scope, "Cast", inputs, { to: 7 });
  return builder.node(scope, "Gather", [builder.constant(scope, "table", table.shape, table.data), whole], {
    axis: 0,
  });
}

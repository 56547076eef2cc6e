import { encodeModel } from "../../../runtime/learning/onnx/encode-model.ts";
import { GraphBuilder } from "../../../runtime/learning/onnx/graph-builder.ts";
import type { BenchModel, BenchTensor } from "./bench-model.ts";
import { Weights } from "./weights.ts";

const CHANNELS = 3;
const SIDE = 64;
const CLASSES = 10;
/** 3 × 3 convolutions: channels out, stride, how many. Together about 190 million multiplications for a picture. */
const FIRST_GROUPS = [
  [32, 1, 1],
  [64, 2, 1],
  [64, 1, 4],
  [128, 2, 1],
] as const;
/** About 38 million multiplications. */
const LAST_LAYER = { channels: 128, stride: 1 };
const FIRST_LAYERS = FIRST_GROUPS.flatMap(([channels, stride, count]) =>
  Array.from({ length: count }, () => ({ channels, stride })),
);

/**
 * A classifier of pictures of 3 × 64 × 64, 48 KB: seven convolutions, as many more as are asked for, global pooling, one
 * dense layer.
 */
export function convolutionalModel(lastLayers = 5): BenchModel {
  const layers = [...FIRST_LAYERS, ...new Array<typeof LAST_LAYER>(lastLayers).fill(LAST_LAYER)];
  const weights = new Weights(64);
  const builder = new GraphBuilder();
  let value = "pixels";
  let from = CHANNELS;
  layers.forEach(({ channels: to, stride }, index) => {
    const scope = `convolution_${index + 1}`;
    const kernel = weights.glorot(to * from * 9, from * 9, to * 9);
    const inputs = [
      value,
      builder.constant(scope, "kernel", [to, from, 3, 3], kernel),
      builder.constant(scope, "bias", [to], weights.uniform(to, 0.1)),
    ];
    const attributes = { kernel_shape: [3, 3], strides: [stride, stride], pads: [1, 1, 1, 1] };
    value = builder.node(scope, "Relu", [builder.node(scope, "Conv", inputs, attributes)]);
    from = to;
  });
  value = builder.node("pooling", "GlobalAveragePool", [value]);
  value = builder.node("pooling", "Flatten", [value], { axis: 1 });
  const kernel = builder.constant("dense", "kernel", [from, CLASSES], weights.uniform(from * CLASSES, 1));
  value = builder.node("dense", "MatMul", [value, kernel]);
  builder.rename(value, "scores");
  const input: BenchTensor = { name: "pixels", datatype: "FP32", shape: [-1, CHANNELS, SIDE, SIDE] };
  const output: BenchTensor = { name: "scores", datatype: "FP32", shape: [-1, CLASSES] };
  const { nodes, initializers } = builder;
  return {
    name: "convolutional",
    description: `${layers.length} 3 × 3 convolutions over pictures of 3 × 64 × 64`,
    onnx: encodeModel({ name: "convolutional", nodes, initializers, inputs: [input], outputs: [output] }),
    input,
    output,
    sample: weights.uniform(CHANNELS * SIDE * SIDE, 1),
  };
}

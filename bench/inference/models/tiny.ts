import { encodeModel } from "../../../runtime/learning/onnx/encode-model.ts";
import { GraphBuilder } from "../../../runtime/learning/onnx/graph-builder.ts";
import type { BenchModel, BenchTensor } from "./bench-model.ts";
import { Weights } from "./weights.ts";

const SIZES = [16, 32, 16, 4];

/** A tabular classifier: 16 features, two hidden layers, the probabilities of 4 classes. */
export function tinyModel(): BenchModel {
  const weights = new Weights(16);
  const builder = new GraphBuilder();
  let value = "features";
  for (let layer = 0; layer + 1 < SIZES.length; layer += 1) {
    const [from = 0, to = 0] = SIZES.slice(layer, layer + 2);
    const scope = `dense_${layer + 1}`;
    const kernel = builder.constant(scope, "kernel", [from, to], weights.glorot(from * to, from, to));
    const bias = builder.constant(scope, "bias", [to], weights.uniform(to, 0.1));
    value = builder.node(scope, "Gemm", [value, kernel, bias]);
    value =
      layer + 2 < SIZES.length
        ? builder.node(scope, "Relu", [value])
        : builder.node(scope, "Softmax", [value], { axis: -1 });
  }
  builder.rename(value, "probabilities");
  const input: BenchTensor = { name: "features", datatype: "FP32", shape: [-1, SIZES[0] ?? 0] };
  const output: BenchTensor = { name: "probabilities", datatype: "FP32", shape: [-1, SIZES.at(-1) ?? 0] };
  const { nodes, initializers } = builder;
  return {
    name: "tiny",
    description: "16 features, two hidden layers, 4 classes",
    onnx: encodeModel({ name: "tiny", nodes, initializers, inputs: [input], outputs: [output] }),
    input,
    output,
    sample: weights.uniform(input.shape[1] ?? 0, 2),
  };
}

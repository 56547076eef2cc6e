import { encodeModel } from "../../../runtime/learning/onnx/encode-model.ts";
import { GraphBuilder } from "../../../runtime/learning/onnx/graph-builder.ts";
import type { BenchModel, BenchTensor } from "./bench-model.ts";
import { Weights } from "./weights.ts";

/** The shape of all-MiniLM-L6-v2, a usual encoder of sentences. */
const LAYERS = 6;
const HIDDEN = 384;
const HEADS = 12;
const HEAD_SIZE = HIDDEN / HEADS;
const INNER = 1536;
const VOCABULARY = 30_522;
const TOKENS = 128;

/** A transformer encoder with random weights: 128 token ids to the mean of the last layer, 384 numbers. */
export function encoderModel(): BenchModel {
  const weights = new Weights(384);
  const builder = new GraphBuilder();
  let value = addEmbedding(builder, weights, "token_ids");
  for (let layer = 1; layer <= LAYERS; layer += 1)
    value = addLayer(builder, weights, `layer_${layer}`, value);
  builder.rename(
    builder.node("pooling", "ReduceMean", [value], { axes: [1], keepdims: 0 }),
    "sentence_embedding",
  );
  const input: BenchTensor = { name: "token_ids", datatype: "INT64", shape: [-1, TOKENS] };
  const output: BenchTensor = { name: "sentence_embedding", datatype: "FP32", shape: [-1, HIDDEN] };
  const { nodes, initializers } = builder;
  return {
    name: "encoder",
    description: "transformer encoder, 6 layers, hidden size 384, 12 heads, 128 tokens",
    onnx: encodeModel({ name: "encoder", nodes, initializers, inputs: [input], outputs: [output] }),
    input,
    output,
    sample: BigInt64Array.from(weights.wholeNumbers(TOKENS, VOCABULARY)),
  };
}

function addEmbedding(builder: GraphBuilder, weights: Weights, tokenIds: string): string {
  const scope = "embedding";
  const table = weights.uniform(VOCABULARY * HIDDEN, 1);
  const tokens = builder.node(scope, "Gather", [
    builder.constant(scope, "tokens", [VOCABULARY, HIDDEN], table),
    tokenIds,
  ]);
  const positions = builder.constant(
    scope,
    "positions",
    [1, TOKENS, HIDDEN],
    weights.uniform(TOKENS * HIDDEN, 0.1),
  );
  return addNormalisation(builder, scope, builder.node(scope, "Add", [tokens, positions]));
}

function addLayer(builder: GraphBuilder, weights: Weights, scope: string, value: string): string {
  const attention = addAttention(builder, weights, `${scope}/attention`, value);
  const attended = addNormalisation(
    builder,
    `${scope}/attention`,
    builder.node(scope, "Add", [value, attention]),
  );
  const wide = addDense(builder, weights, `${scope}/wide`, attended, HIDDEN, INNER);
  const narrow = addDense(builder, weights, `${scope}/narrow`, addGelu(builder, scope, wide), INNER, HIDDEN);
  return addNormalisation(builder, `${scope}/output`, builder.node(scope, "Add", [attended, narrow]));
}

function addAttention(builder: GraphBuilder, weights: Weights, scope: string, value: string): string {
  const split = builder.constant(scope, "split", [4], [0, TOKENS, HEADS, HEAD_SIZE]);
  const join = builder.constant(scope, "join", [3], [0, TOKENS, HIDDEN]);
  const part = (name: string, perm: number[]) => {
    const dense = addDense(builder, weights, `${scope}/${name}`, value, HIDDEN, HIDDEN);
    return builder.node(scope, "Transpose", [builder.node(scope, "Reshape", [dense, split])], { perm });
  };
  const query = part("query", [0, 2, 1, 3]);
  const key = part("key", [0, 2, 3, 1]);
  const values = part("value", [0, 2, 1, 3]);
  const scale = builder.constant(scope, "scale", [], Float32Array.of(1 / Math.sqrt(HEAD_SIZE)));
  const scores = builder.node(scope, "Mul", [builder.node(scope, "MatMul", [query, key]), scale]);
  const shares = builder.node(scope, "Softmax", [scores], { axis: -1 });
  const mixed = builder.node(scope, "MatMul", [shares, values]);
  const joined = builder.node(scope, "Reshape", [
    builder.node(scope, "Transpose", [mixed], { perm: [0, 2, 1, 3] }),
    join,
  ]);
  return addDense(builder, weights, `${scope}/joined`, joined, HIDDEN, HIDDEN);
}

function addDense(
  builder: GraphBuilder,
  weights: Weights,
  scope: string,
  value: string,
  from: number,
  to: number,
): string {
  const kernel = builder.constant(scope, "kernel", [from, to], weights.glorot(from * to, from, to));
  const bias = builder.constant(scope, "bias", [to], weights.uniform(to, 0.02));
  return builder.node(scope, "Add", [builder.node(scope, "MatMul", [value, kernel]), bias]);
}

function addNormalisation(builder: GraphBuilder, scope: string, value: string): string {
  const scale = builder.constant(scope, "normalisation_scale", [HIDDEN], new Float32Array(HIDDEN).fill(1));
  const bias = builder.constant(scope, "normalisation_bias", [HIDDEN], new Float32Array(HIDDEN));
  return builder.node(scope, "LayerNormalization", [value, scale, bias], {
    axis: -1,
    epsilon: { float: 1e-12 },
  });
}

/** x / 2 × (1 + erf(x / √2)); ONNX Runtime fuses these nodes into one. */
function addGelu(builder: GraphBuilder, scope: string, value: string): string {
  const number = (name: string, data: number) => builder.constant(scope, name, [], Float32Array.of(data));
  const error = builder.node(scope, "Erf", [builder.node(scope, "Div", [value, number("root", Math.SQRT2)])]);
  const sum = builder.node(scope, "Add", [error, number("one", 1)]);
  return builder.node(scope, "Mul", [builder.node(scope, "Mul", [value, sum]), number("half", 0.5)]);
}

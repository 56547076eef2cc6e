import type { NewModelVersion } from "../../runtime/inference/publish-model.ts";
import { encodeModel } from "../../runtime/learning/onnx/encode-model.ts";

/** Offers that a visitor is shown one of. */
export const offerCount = 4;

/** Two ways to choose an offer; which is the better one only the visitors know. */
export const weights = {
  /** By how well an offer matches the visitor's taste. */
  "by-taste": { price: 0, taste: 1 },
  /** By how cheap it is. */
  "by-price": { price: -1, taste: 0 },
} as const;

export type ShopModel = keyof typeof weights;

/** offers FP32 [-1, 4, 2] (price and taste of each, 0 to 1) → choice INT64 [-1, 1], the place of the best one. */
export function shopModel(name: ShopModel): NewModelVersion & { files: Record<string, Uint8Array> } {
  const { price, taste } = weights[name];
  const tensors = {
    inputs: [{ name: "offers", datatype: "FP32" as const, shape: [-1, offerCount, 2] }],
    outputs: [{ name: "choice", datatype: "INT64" as const, shape: [-1, 1] }],
  };
  const graph = encodeModel({
    name,
    ...tensors,
    nodes: [
      { operator: "MatMul", inputs: ["offers", "weights"], outputs: ["scores"] },
      { operator: "ArgMax", inputs: ["scores"], outputs: ["places"], attributes: { axis: 1, keepdims: 1 } },
      { operator: "Squeeze", inputs: ["places", "last"], outputs: ["choice"] },
    ],
    initializers: [
      { name: "weights", shape: [2, 1], data: Float32Array.of(price, taste) },
      { name: "last", shape: [1], data: BigInt64Array.of(2n) },
    ],
  });
  return {
    name,
    description: `chooses one of ${offerCount} offers ${name.replace("-", " ")}`,
    model: "model.onnx",
    ...tensors,
    metrics: {},
    lineage: { madeBy: "examples/model-routing" },
    files: { "model.onnx": graph },
  };
}

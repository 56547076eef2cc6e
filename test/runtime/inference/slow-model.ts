import type { NewModelVersion } from "../../../runtime/inference/model-repository.ts";
import { encodeModel } from "../../../runtime/learning/onnx/encode-model.ts";
import { describedModel, tensor } from "./models.ts";

/** y = the largest of x repeated `times` times, which takes as long as it is told to. */
export function slowModel(name = "slow"): NewModelVersion {
  const tensors = {
    inputs: [
      { name: "x", datatype: "FP32" as const, shape: [1] },
      { name: "times", datatype: "INT64" as const, shape: [1] },
    ],
    outputs: [{ name: "y", datatype: "FP32" as const, shape: [1] }],
  };
  const graph = encodeModel({
    name,
    ...tensors,
    nodes: [
      { operator: "Tile", inputs: ["x", "times"], outputs: ["repeated"] },
      { operator: "ReduceMax", inputs: ["repeated"], outputs: ["y"] },
    ],
  });
  return describedModel(name, graph, tensors);
}

/** About a tenth of a second for a worker. */
export const slowTimes = 30_000_000;

export function slowRequest(value: number, times = slowTimes, parameters: Record<string, unknown> = {}) {
  return { inputs: [tensor("x", "FP32", [1], [value]), tensor("times", "INT64", [1], [times])], parameters };
}

import type { NewModelVersion } from "../../../runtime/inference/model-repository.ts";
import { encodeModel } from "../../../runtime/learning/onnx/encode-model.ts";
import { scaleModel } from "./models.ts";

/** y = a + b, FP32 [-1, 2]. */
export function sumModel(name = "sum"): NewModelVersion {
  const tensors = {
    inputs: ["a", "b"].map((input) => ({ name: input, datatype: "FP32" as const, shape: [-1, 2] })),
    outputs: [{ name: "y", datatype: "FP32" as const, shape: [-1, 2] }],
  };
  const graph = encodeModel({
    name,
    ...tensors,
    nodes: [{ operator: "Add", inputs: ["a", "b"], outputs: ["y"] }],
  });
  return { ...scaleModel(1, name), ...tensors, files: { "model.onnx": graph } };
}

/** An ensemble of x to y, FP32 [-1, 2] both. */
export function ensembleModel(
  steps: NonNullable<NewModelVersion["steps"]>,
  name = "ensemble",
): NewModelVersion {
  const { model: _model, ...description } = scaleModel(1, name);
  return { ...description, files: {}, steps };
}

/** y = 2x + 3x: `double` and `triple` side by side, then `sum`. */
export function diamond(name = "ensemble"): NewModelVersion {
  return ensembleModel(
    [
      { model: "sum", inputs: { a: "doubled", b: "tripled" }, outputs: { y: "y" } },
      { model: "double", inputs: { x: "x" }, outputs: { y: "doubled" } },
      { model: "triple", inputs: { x: "x" }, outputs: { y: "tripled" } },
    ],
    name,
  );
}

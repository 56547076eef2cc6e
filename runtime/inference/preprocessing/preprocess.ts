import type { Tensor } from "../datatypes.ts";
import { type HashedFeatures, hashedFeatures } from "./hashed-features.ts";
import { type Normalise, normalise } from "./normalise.ts";
import { type OneHot, oneHot } from "./one-hot.ts";

/** A step of a manifest. */
export type PreprocessingStep = HashedFeatures | Normalise | OneHot;

/** What the ONNX graph takes: each input that a step names is replaced by the step's output. */
export function preprocess(inputs: Tensor[], steps: PreprocessingStep[]): Tensor[] {
  return inputs.map((input) => {
    const step = steps.find((candidate) => candidate.input === input.name);
    return step === undefined ? input : prepare(input, step);
  });
}

function prepare(input: Tensor, step: PreprocessingStep): Tensor {
  switch (step.type) {
    case "hashed-features":
      return hashTexts(input.data as string[], step);
    case "normalise":
      return normalise(input, step);
    case "one-hot":
      return oneHot(input, step);
  }
}

/** Elements that a step makes of one. */
export function growthOf(step: PreprocessingStep): number {
  if (step.type === "hashed-features") return step.size;
  return step.type === "one-hot" ? step.categories.length : 1;
}

function hashTexts(texts: string[], step: HashedFeatures): Tensor {
  const data = new Float32Array(texts.length * step.size);
  texts.forEach((text, row) => {
    data.set(hashedFeatures(text, step), row * step.size);
  });
  return { name: step.output, datatype: "FP32", shape: [texts.length, step.size], data };
}

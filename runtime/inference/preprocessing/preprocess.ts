import type { Tensor } from "../datatypes.ts";
import { type HashedFeatures, hashedFeatures } from "./hashed-features.ts";

/** A step of a manifest. */
export type PreprocessingStep = HashedFeatures;

/** What the ONNX graph takes: each input that a step names is replaced by the step's output, one row an element. */
export function preprocess(inputs: Tensor[], steps: PreprocessingStep[]): Tensor[] {
  return inputs.map((input) => {
    const step = steps.find((candidate) => candidate.input === input.name);
    return step === undefined ? input : hashTexts(input.data as string[], step);
  });
}

function hashTexts(texts: string[], step: PreprocessingStep): Tensor {
  const data = new Float32Array(texts.length * step.size);
  texts.forEach((text, row) => {
    data.set(hashedFeatures(text, step), row * step.size);
  });
  return { name: step.output, datatype: "FP32", shape: [texts.length, step.size], data };
}

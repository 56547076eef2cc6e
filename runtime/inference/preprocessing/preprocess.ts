import { ApiError } from "../../errors.ts";
import type { Tensor } from "../datatypes.ts";
import { type HashedFeatures, hashedFeatures } from "./hashed-features.ts";
import { type Normalise, normalise } from "./normalise.ts";
import { type OneHot, oneHot } from "./one-hot.ts";
import { createTokenizer, defaultTokenizerFile, type TokenizerStep, tokenizedElements } from "./tokenizer.ts";

/** A step of a manifest. */
export type PreprocessingStep = HashedFeatures | Normalise | OneHot | TokenizerStep;

/** Makes what the ONNX graph takes: each input that a step names is replaced by what the step makes of it. */
export type Preprocessor = (inputs: Tensor[]) => Tensor[];

/**
 * @param files of the version, by path
 * @throws ApiError `model-unavailable` (503) where a step's file is missing or cannot be read
 */
export function createPreprocessor(
  steps: PreprocessingStep[],
  files: ReadonlyMap<string, Uint8Array>,
): Preprocessor {
  if (steps.length === 0) return (inputs) => inputs;
  const prepares = new Map(steps.map((step) => [step.input, createStep(step, files)]));
  return (inputs) => inputs.flatMap((input) => prepares.get(input.name)?.(input) ?? [input]);
}

function createStep(
  step: PreprocessingStep,
  files: ReadonlyMap<string, Uint8Array>,
): (input: Tensor) => Tensor[] {
  switch (step.type) {
    case "hashed-features":
      return (input) => [hashTexts(input.data as string[], step)];
    case "normalise":
      return (input) => [normalise(input, step)];
    case "one-hot":
      return (input) => [oneHot(input, step)];
    case "tokenizer":
      return createTokenizer(step, fileOf(step, files));
  }
}

function fileOf({ file = defaultTokenizerFile }: TokenizerStep, files: ReadonlyMap<string, Uint8Array>) {
  const content = files.get(file);
  if (content !== undefined) return content;
  throw new ApiError(`${file} is none of the version's files`, { status: 503, code: "model-unavailable" });
}

/** Elements that a step makes of one. */
export function growthOf(step: PreprocessingStep): number {
  if (step.type === "hashed-features") return step.size;
  if (step.type === "tokenizer") return tokenizedElements(step);
  return step.type === "one-hot" ? step.categories.length : 1;
}

function hashTexts(texts: string[], step: HashedFeatures): Tensor {
  const data = new Float32Array(texts.length * step.size);
  texts.forEach((text, row) => {
    data.set(hashedFeatures(text, step), row * step.size);
  });
  return { name: step.output, datatype: "FP32", shape: [texts.length, step.size], data };
}

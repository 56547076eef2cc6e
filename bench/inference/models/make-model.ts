import type { BenchModel, ModelName } from "./bench-model.ts";
import { convolutionalModel } from "./convolutional.ts";
import { encoderModel } from "./encoder.ts";
import { tinyModel } from "./tiny.ts";

/** Makes the model; the same bytes in every run. */
export const makeModel: Record<ModelName, () => BenchModel> = {
  tiny: tinyModel,
  convolutional: convolutionalModel,
  encoder: encoderModel,
};

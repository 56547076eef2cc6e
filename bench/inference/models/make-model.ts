import type { BenchModel, ModelName } from "./bench-model.ts";
import { encoderModel } from "./encoder.ts";
import { fittedConvolutionalModel } from "./fitted-convolutional.ts";
import { tinyModel } from "./tiny.ts";

/** Makes the model. */
export const makeModel: Record<ModelName, () => BenchModel | Promise<BenchModel>> = {
  tiny: tinyModel,
  convolutional: fittedConvolutionalModel,
  encoder: encoderModel,
};

import type { CompiledProblem } from "../compiled-problem.ts";
import { FEATURES, taskFeatures } from "./features.ts";

/** A network of one hidden layer: score = output · tanh(hidden × features + bias). */
export interface RankingModel {
  /** Unit × feature. */
  hidden: number[][];
  /** Unit → its bias. */
  bias: number[];
  /** Unit → its part of the score. */
  output: number[];
}

/** Task → priority value, the lowest first as those of priorityRules. */
export function learnedPriorities(compiled: CompiledProblem, model: RankingModel): Float64Array {
  const features = taskFeatures(compiled);
  const width = FEATURES.length;
  return Float64Array.from(
    { length: compiled.taskCount },
    (_, task) => -score(model, features.subarray(task * width, (task + 1) * width)),
  );
}

/** The higher, the sooner a task should start. */
export function score({ hidden, bias, output }: RankingModel, features: Float64Array): number {
  let sum = 0;
  for (let unit = 0; unit < output.length; unit++)
    sum +=
      (output[unit] as number) *
      Math.tanh(activation(hidden[unit] as number[], bias[unit] as number, features));
  return sum;
}

export function activation(weights: number[], bias: number, features: Float64Array): number {
  let sum = bias;
  for (let feature = 0; feature < weights.length; feature++)
    sum += (weights[feature] as number) * (features[feature] as number);
  return sum;
}

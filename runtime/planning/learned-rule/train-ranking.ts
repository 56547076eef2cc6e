import type { Random } from "../random.ts";
import { FEATURES } from "./features.ts";
import { activation, type RankingModel, score } from "./ranking-model.ts";
import type { TrainingPair } from "./training-pairs.ts";

export interface RankingOptions {
  /** Units of the hidden layer. */
  units: number;
  /** Times that every pair is seen. */
  epochs: number;
  /** Step of the first epoch; it falls to nothing at the end of the last. */
  learningRate: number;
  random: Random;
}

/**
 * Learns to give the first task of each pair the higher score, by stochastic gradient descent on the logistic loss of
 * the difference (RankNet; Burges et al.: Learning to rank using gradient descent, ICML 2005).
 */
export function trainRanking(pairs: TrainingPair[], options: RankingOptions): RankingModel {
  const { units, epochs, random } = options;
  const uniform = (scale: number) => (random.next() * 2 - 1) * scale;
  const model: RankingModel = {
    hidden: Array.from({ length: units }, () => FEATURES.map(() => uniform(1 / Math.sqrt(FEATURES.length)))),
    bias: Array.from({ length: units }, () => 0),
    output: Array.from({ length: units }, () => uniform(1 / Math.sqrt(units))),
  };
  const steps = epochs * pairs.length;
  for (let step = 0; step < steps; step++) {
    const { first, other } = pairs[random.below(pairs.length)] as TrainingPair;
    const wrongness = 1 / (1 + Math.exp(score(model, first) - score(model, other)));
    const rate = options.learningRate * (1 - step / steps) * wrongness;
    raise(model, first, rate);
    raise(model, other, -rate);
  }
  return model;
}

/** One step along the gradient of a task's score. */
function raise({ hidden, bias, output }: RankingModel, features: Float64Array, rate: number): void {
  for (let unit = 0; unit < output.length; unit++) {
    const weights = hidden[unit] as number[];
    const value = Math.tanh(activation(weights, bias[unit] as number, features));
    const slope = rate * (output[unit] as number) * (1 - value * value);
    (output[unit] as number) += rate * value;
    (bias[unit] as number) += slope;
    for (let feature = 0; feature < weights.length; feature++)
      (weights[feature] as number) += slope * (features[feature] as number);
  }
}

/** Part of the pairs whose first task has the higher score. */
export function accuracy(model: RankingModel, pairs: TrainingPair[]): number {
  return pairs.filter(({ first, other }) => score(model, first) > score(model, other)).length / pairs.length;
}

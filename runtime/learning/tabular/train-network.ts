import { crossEntropy, type Loss, squaredError } from "./losses.ts";
import { backward, createLayers, forward, type Layer } from "./network.ts";
import { createOptimiser, type OptimiserSettings } from "./optimisers.ts";
import { seededRandom, shuffle } from "./random.ts";

export interface TrainingSettings {
  kind: "classification" | "regression";
  /** Widths of the layers in the middle; none: a linear model. */
  hidden: number[];
  optimiser: OptimiserSettings;
  /** Rows of a mini-batch. */
  batch: number;
  /** Times that all rows are seen, at most. */
  epochs: number;
  /** Epochs without a better validation loss after which it ends. */
  patience: number;
  /** Share of the rows that only the end of the training is decided by. */
  validation: number;
  /** Decides the first weights, the rows for validation and the order of the rows. */
  seed: number;
}

export interface Examples {
  rows: number;
  /** Standardised, [rows, features] in row-major order. */
  inputs: Float64Array;
  /** The class's number, or the standardised value. */
  targets: Float64Array;
  /** 1 for a regression. */
  outputs: number;
}

export interface Epoch {
  /** 1 at the first. */
  epoch: number;
  /** Mean over the rows. */
  trainingLoss: number;
  validationLoss: number;
}

export interface TrainedNetwork {
  /** As they were when the validation loss was best. */
  layers: Layer[];
  epochs: number;
  best: Epoch;
}

/** Trains until the validation loss gets no better. The same settings and examples give the same network. */
export function trainNetwork(
  examples: Examples,
  settings: TrainingSettings,
  onEpoch: (epoch: Epoch) => void,
): TrainedNetwork {
  const random = seededRandom(settings.seed);
  const features = examples.inputs.length / examples.rows;
  const layers = createLayers([features, ...settings.hidden, examples.outputs], random);
  const optimise = createOptimiser(layers, settings.optimiser);
  const loss = settings.kind === "classification" ? crossEntropy : squaredError;
  const order = Uint32Array.from({ length: examples.rows }, (_, index) => index);
  shuffle(order, random);
  const held = Math.floor(examples.rows * settings.validation);
  const validation = order.slice(0, held);
  const training = order.slice(held);
  let best: (Epoch & { layers: Layer[] }) | undefined;
  let epoch = 0;
  while (epoch < settings.epochs && epoch - (best?.epoch ?? epoch) < settings.patience) {
    epoch += 1;
    shuffle(training, random);
    const trainingLoss = trainEpoch(layers, examples, training, settings.batch, loss, optimise);
    const validationLoss = held === 0 ? trainingLoss : meanLoss(layers, examples, validation, loss);
    onEpoch({ epoch, trainingLoss, validationLoss });
    if (!Number.isFinite(validationLoss)) break;
    if (best === undefined || validationLoss < best.validationLoss)
      best = { epoch, trainingLoss, validationLoss, layers: layers.map(copyOf) };
  }
  if (best === undefined) throw new Error("the loss is not finite: a smaller rate may help");
  const { layers: bestLayers, ...rest } = best;
  return { layers: bestLayers, epochs: epoch, best: rest };
}

function trainEpoch(
  layers: Layer[],
  examples: Examples,
  order: Uint32Array,
  batch: number,
  loss: Loss,
  optimise: (gradients: Layer[]) => void,
): number {
  let sum = 0;
  for (let start = 0; start < order.length; start += batch) {
    const { inputs, targets, rows } = take(examples, order.subarray(start, start + batch));
    const values = forward(layers, inputs, rows);
    const { sum: batchSum, gradient } = loss(values.at(-1) as Float64Array, targets, rows);
    optimise(backward(layers, values, gradient, rows));
    sum += batchSum;
  }
  return sum / order.length;
}

function meanLoss(layers: Layer[], examples: Examples, order: Uint32Array, loss: Loss): number {
  const { inputs, targets, rows } = take(examples, order);
  return loss(forward(layers, inputs, rows).at(-1) as Float64Array, targets, rows).sum / rows;
}

function take({ inputs, targets, rows: all }: Examples, order: Uint32Array) {
  const features = inputs.length / all;
  const taken = {
    inputs: new Float64Array(order.length * features),
    targets: new Float64Array(order.length),
  };
  order.forEach((row, index) => {
    taken.inputs.set(inputs.subarray(row * features, (row + 1) * features), index * features);
    taken.targets[index] = targets[row] as number;
  });
  return { ...taken, rows: order.length };
}

function copyOf(layer: Layer): Layer {
  return { ...layer, weights: layer.weights.slice(), biases: layer.biases.slice() };
}

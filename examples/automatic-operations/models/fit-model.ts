import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Random } from "../data/random.ts";
import type { ModelSettings } from "../settings.ts";

export interface FitOptions {
  settings: ModelSettings;
  loss: string;
  /** Decides the order of the examples; LayersModel.fit would shuffle with Math.random. */
  random: Random;
  /** After each epoch, counted from 1, with its mean loss. */
  onEpoch?: ((epoch: number, loss: number) => void) | undefined;
}

/** Trains a model with Adam on rows of inputs and targets; the first dimension of both is the example. */
export async function fitModel(
  model: LayersModel,
  inputs: tf.Tensor,
  targets: tf.Tensor,
  options: FitOptions,
) {
  const { epochs, batchSize, learningRate } = options.settings;
  const optimizer = tf.train.adam(learningRate);
  model.compile({ optimizer, loss: options.loss });
  const indices = Array.from({ length: inputs.shape[0] ?? 0 }, (_, index) => index);
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    Object.assign(optimizer, { learningRate: learningRate * (1 - (epoch - 1) / epochs) });
    const order = options.random.shuffled(indices);
    let lossSum = 0;
    for (let start = 0; start < order.length; start += batchSize) {
      const rows = order.slice(start, start + batchSize);
      lossSum += (await trainOnRows(model, inputs, targets, rows)) * rows.length;
    }
    options.onEpoch?.(epoch, lossSum / order.length);
    // Lets timers and signals through between two epochs.
    await new Promise(setImmediate);
  }
  optimizer.dispose();
}

async function trainOnRows(model: LayersModel, inputs: tf.Tensor, targets: tf.Tensor, rows: number[]) {
  const index = tf.tensor1d(rows, "int32");
  const [x, y] = [tf.gather(inputs, index), tf.gather(targets, index)];
  const loss = await model.trainOnBatch(x, y);
  tf.dispose([index, x, y]);
  return Number(Array.isArray(loss) ? loss[0] : loss);
}

import * as tf from "@tensorflow/tfjs-core";
import { initializers, layers, sequential } from "@tensorflow/tfjs-layers";
import {
  type HashedFeatures,
  hashedFeatures,
} from "../../../runtime/inference/preprocessing/hashed-features.ts";
import { convertLayersModel } from "../../../runtime/learning/onnx/convert-layers-model.ts";
import { encodeModel, type OnnxValue } from "../../../runtime/learning/onnx/encode-model.ts";
import type { LabelledWindow } from "../data/dataset.ts";
import { faultKinds } from "../data/faults.ts";
import type { LogLine } from "../data/log-lines.ts";
import { createRandom, type Random } from "../data/random.ts";
import type { TrainingSettings } from "../settings.ts";
import { fitModel } from "./fit-model.ts";
import { prepareTensorflow } from "./tensorflow.ts";

/** One log line in each row. */
export const kindInput = { name: "text", datatype: "BYTES", shape: [-1] } as const satisfies OnnxValue;

/** What a line may speak of; `none`: of no fault. */
export const kindLabels = [...faultKinds, "none"] as const;

/** The probability of each label. */
export const kindOutput = {
  name: "kind",
  datatype: "FP32",
  shape: [-1, kindLabels.length],
} as const satisfies OnnxValue;

export const kindPreprocessing: HashedFeatures = {
  type: "hashed-features",
  input: kindInput.name,
  output: "features",
  size: 2048,
  wordNgrams: [1, 2],
  characterNgrams: [3, 5],
};

/** Trains the text model on single log lines; the ONNX file reads their hashed features. */
export async function trainFaultKind(
  windows: LabelledWindow[],
  settings: TrainingSettings["kind"],
  seed: number,
  onEpoch?: (epoch: number, loss: number) => void,
): Promise<Uint8Array> {
  await prepareTensorflow();
  const random = createRandom(`${seed}/fault-kind`);
  const lines = chooseLines(windows, settings.lines, random);
  const model = buildModel(settings, seed);
  const inputs = tf.tidy(() =>
    tf.stack(lines.map(({ text }) => tf.tensor1d(hashedFeatures(text, kindPreprocessing)))),
  );
  const targets = tf.tensor2d(
    lines.map(({ fault }) => kindLabels.map((label) => (label === (fault ?? "none") ? 1 : 0))),
  );
  await fitModel(model, inputs, targets, { settings, loss: "categoricalCrossentropy", random, onEpoch });
  const file = encodeModel(
    convertLayersModel(model, {
      name: "fault-kind",
      inputs: [kindPreprocessing.output],
      outputs: [kindOutput.name],
      description: `Probability that a log line speaks of ${kindLabels.join(", ")}, from its hashed features`,
    }),
  );
  tf.dispose([inputs, targets]);
  model.dispose();
  return file;
}

/** Half of the lines speak of a fault, half of none. */
function chooseLines(windows: LabelledWindow[], count: number, random: Random): LogLine[] {
  const lines = random.shuffled(windows.flatMap(({ logs }) => logs));
  const half = (isFault: boolean) =>
    lines.filter(({ fault }) => (fault !== undefined) === isFault).slice(0, Math.ceil(count / 2));
  return [...half(true), ...half(false)];
}

/** Layers have names of their own: those that tfjs counts up would make each file another one. */
function buildModel(settings: TrainingSettings["kind"], seed: number) {
  return sequential({
    layers: [
      layers.dense({
        name: "hidden",
        units: settings.units,
        activation: "relu",
        inputShape: [kindPreprocessing.size],
        kernelInitializer: initializers.glorotUniform({ seed }),
      }),
      layers.dropout({ name: "dropout", rate: settings.dropout, seed }),
      layers.dense({
        name: "kind",
        units: kindLabels.length,
        activation: "softmax",
        kernelInitializer: initializers.glorotUniform({ seed: seed + 1 }),
      }),
    ],
  });
}

import * as tf from "@tensorflow/tfjs-core";
import { initializers, layers, sequential } from "@tensorflow/tfjs-layers";
import {
  type HashedFeatures,
  hashedFeatures,
} from "../../../runtime/inference/preprocessing/hashed-features.ts";
import { convertLayersModel } from "../../../runtime/learning/onnx/convert-layers-model.ts";
import { encodeModel, type OnnxValue } from "../../../runtime/learning/onnx/encode-model.ts";
import type { LabelledWindow } from "../data/dataset.ts";
import { type FaultKind, faultKinds } from "../data/faults.ts";
import { createRandom } from "../data/random.ts";
import type { TrainingSettings } from "../settings.ts";
import { fitModel } from "./fit-model.ts";
import { prepareTensorflow } from "./tensorflow.ts";

/** The log lines of a window, joined by line feeds. */
export const kindInput = { name: "text", datatype: "BYTES", shape: [-1] } as const satisfies OnnxValue;

/** The probability of each kind, in the order of `faultKinds`. */
export const kindOutput = {
  name: "kind",
  datatype: "FP32",
  shape: [-1, faultKinds.length],
} as const satisfies OnnxValue;

export const kindPreprocessing: HashedFeatures = {
  type: "hashed-features",
  input: kindInput.name,
  output: "features",
  size: 2048,
  wordNgrams: [1, 2],
  characterNgrams: [3, 5],
};

/** Trains the text model on the logs of the windows with a fault; the ONNX file reads the hashed features. */
export async function trainFaultKind(
  windows: LabelledWindow[],
  settings: TrainingSettings["kind"],
  seed: number,
  onEpoch?: (epoch: number, loss: number) => void,
): Promise<Uint8Array> {
  await prepareTensorflow();
  const examples = windows.flatMap(({ logs, fault }) => (fault ? [{ logs, fault }] : []));
  const model = buildModel(settings, seed);
  const inputs = tf.tidy(() => tf.stack(examples.map(({ logs }) => tf.tensor1d(kindFeatures(logs)))));
  const targets = tf.tensor2d(
    examples.map(({ fault }) => faultKinds.map((kind: FaultKind) => (kind === fault ? 1 : 0))),
  );
  await fitModel(model, inputs, targets, {
    settings,
    loss: "categoricalCrossentropy",
    random: createRandom(`${seed}/fault-kind`),
    onEpoch,
  });
  const file = encodeModel(
    convertLayersModel(model, {
      name: "fault-kind",
      inputs: [kindPreprocessing.output],
      outputs: [kindOutput.name],
      description: `Probability of ${faultKinds.join(", ")} from hashed features of log lines`,
    }),
  );
  tf.dispose([inputs, targets]);
  model.dispose();
  return file;
}

export function kindFeatures(logs: string[]): Float32Array {
  return hashedFeatures(logs.join("\n"), kindPreprocessing);
}

function buildModel(settings: TrainingSettings["kind"], seed: number) {
  return sequential({
    layers: [
      layers.dense({
        units: settings.units,
        activation: "relu",
        inputShape: [kindPreprocessing.size],
        kernelInitializer: initializers.glorotUniform({ seed }),
      }),
      layers.dropout({ rate: settings.dropout, seed }),
      layers.dense({
        units: faultKinds.length,
        activation: "softmax",
        kernelInitializer: initializers.glorotUniform({ seed: seed + 1 }),
      }),
    ],
  });
}

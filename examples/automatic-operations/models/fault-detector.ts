import * as tf from "@tensorflow/tfjs-core";
import { initializers, layers, sequential } from "@tensorflow/tfjs-layers";
import { convertLayersModel } from "../../../runtime/learning/onnx/convert-layers-model.ts";
import { encodeModel, type OnnxValue } from "../../../runtime/learning/onnx/encode-model.ts";
import { type LabelledWindow, windowMinutes } from "../data/dataset.ts";
import { createRandom } from "../data/random.ts";
import { metricNames } from "../data/server-profile.ts";
import type { ModelSettings } from "../settings.ts";
import { fitModel } from "./fit-model.ts";
import {
  fitScaling,
  type MetricsScaling,
  scaledWidth,
  scaleMetrics,
  scalingNodes,
} from "./metrics-scaling.ts";
import { prepareTensorflow } from "./tensorflow.ts";

export const detectorInput = {
  name: "metrics",
  datatype: "FP32",
  shape: [-1, windowMinutes, metricNames.length],
} as const satisfies OnnxValue;

/** The probability that the server has a fault. */
export const detectorOutput = {
  name: "score",
  datatype: "FP32",
  shape: [-1, 1],
} as const satisfies OnnxValue;

/** Trains the sequence model on raw windows and returns it as an ONNX file that reads raw windows. */
export async function trainFaultDetector(
  windows: LabelledWindow[],
  settings: ModelSettings,
  seed: number,
  onEpoch?: (epoch: number, loss: number) => void,
): Promise<Uint8Array> {
  await prepareTensorflow();
  const scaling = fitScaling(windows.map((window) => window.metrics));
  const model = buildModel(settings, seed);
  const inputs = tf.tensor3d(windows.map((window) => scaleMetrics(window.metrics, scaling)));
  const targets = tf.tensor2d(windows.map((window) => [window.fault === undefined ? 0 : 1]));
  await fitModel(model, inputs, targets, {
    settings,
    loss: "binaryCrossentropy",
    random: createRandom(`${seed}/fault-detector`),
    onEpoch,
  });
  const file = exportModel(model, scaling);
  tf.dispose([inputs, targets]);
  model.dispose();
  return file;
}

/** Layers have names of their own: those that tfjs counts up would make each file another one. */
function buildModel(settings: ModelSettings, seed: number) {
  return sequential({
    layers: [
      layers.lstm({
        name: "sequence",
        units: settings.units,
        inputShape: [windowMinutes, scaledWidth],
        recurrentActivation: "sigmoid",
        kernelInitializer: initializers.glorotUniform({ seed }),
        recurrentInitializer: initializers.glorotUniform({ seed: seed + 1 }),
      }),
      layers.dense({
        name: "probability",
        units: 1,
        activation: "sigmoid",
        kernelInitializer: initializers.glorotUniform({ seed: seed + 2 }),
      }),
    ],
  });
}

/** The normalisation goes into the graph, so that callers send what the server reports. */
function exportModel(model: ReturnType<typeof buildModel>, scaling: MetricsScaling): Uint8Array {
  return encodeModel(
    convertLayersModel(model, {
      name: "fault-detector",
      inputs: [detectorInput.name],
      outputs: [detectorOutput.name],
      before: {
        ...scalingNodes(detectorInput.name, "scaled", scaling),
        inputs: [detectorInput],
        modelInputs: ["scaled"],
      },
      description: `Probability of a fault from ${windowMinutes} minutes of ${metricNames.join(", ")}`,
    }),
  );
}

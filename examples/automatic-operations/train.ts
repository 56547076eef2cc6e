import { type Dataset, generateDataset } from "./data/dataset.ts";
import { trainFaultDetector } from "./models/fault-detector.ts";
import { trainFaultKind } from "./models/fault-kind.ts";
import type { TrainingSettings } from "./settings.ts";

export interface TrainedModel {
  /** The ONNX file. */
  file: Uint8Array;
  trainingSeconds: number;
}

export interface TrainedModels {
  dataset: Dataset;
  detector: TrainedModel;
  kind: TrainedModel;
}

/** Makes the data and trains both models; the same settings give the same models on the same machine. */
export async function trainModels(
  settings: TrainingSettings,
  onProgress: (text: string) => void = () => {},
): Promise<TrainedModels> {
  const dataset = generateDataset(settings.data);
  onProgress(`${dataset.training.length} training windows, ${dataset.heldOut.length} held out`);
  const epochs = (name: string, count: number) => (epoch: number, loss: number) =>
    onProgress(`training ${name}: epoch ${epoch} of ${count}, loss ${loss.toFixed(3)}`);
  const { detector, kind, data } = settings;
  return {
    dataset,
    detector: await timed(() =>
      trainFaultDetector(dataset.training, detector, data.seed, epochs("fault-detector", detector.epochs)),
    ),
    kind: await timed(() =>
      trainFaultKind(dataset.training, kind, data.seed, epochs("fault-kind", kind.epochs)),
    ),
  };
}

async function timed(train: () => Promise<Uint8Array>): Promise<TrainedModel> {
  const started = performance.now();
  const file = await train();
  return { file, trainingSeconds: Math.round((performance.now() - started) / 100) / 10 };
}

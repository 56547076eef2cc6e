import type { DatasetSettings } from "./data/dataset.ts";

export interface ModelSettings {
  /** Units of the LSTM, or of the hidden layer. */
  units: number;
  epochs: number;
  batchSize: number;
  /** Of Adam at the first epoch; it falls linearly to almost 0. */
  learningRate: number;
}

export interface TrainingSettings {
  data: DatasetSettings;
  detector: ModelSettings;
  /** `lines`: how many log lines it learns from. */
  kind: ModelSettings & { dropout: number; lines: number };
}

/** What the published models are trained with. */
export const defaultSettings: TrainingSettings = {
  data: { seed: 1, trainingServers: 260, heldOutServers: 80, windowsPerServer: 12 },
  detector: { units: 24, epochs: 8, batchSize: 64, learningRate: 0.01 },
  kind: { units: 32, epochs: 6, batchSize: 64, learningRate: 0.005, dropout: 0.4, lines: 4000 },
};

/** What held-out data must show before a model is published. */
export const targets = {
  detectorF1: 0.9,
  kindAccuracy: 0.9,
  /** By how much the models must be ahead of the fixed threshold and of the keyword list. */
  lead: 0.1,
};

import { loadOnnx } from "../../runtime/learning/onnx/run-onnx.ts";
import { fitKeywords, keywordKind, wholeWords, wordStems } from "./baselines/keyword-baseline.ts";
import { fitThresholds, thresholdAlarm } from "./baselines/threshold-baseline.ts";
import { type Dataset, type LabelledWindow, windowMinutes } from "./data/dataset.ts";
import { faultKinds } from "./data/faults.ts";
import { metricNames } from "./data/server-profile.ts";
import {
  type ClassificationFigures,
  classificationFigures,
  type DetectionFigures,
  detectionFigures,
} from "./evaluation-figures.ts";
import { detectorInput, detectorOutput } from "./models/fault-detector.ts";
import { kindFeatures, kindOutput, kindPreprocessing } from "./models/fault-kind.ts";
import { targets } from "./settings.ts";

/** Everything on held-out data: servers and message templates that training never saw. */
export interface Evaluation {
  detector: { model: DetectionFigures; threshold: DetectionFigures };
  /** On the windows with a fault. Of the two keyword lists, whole words and stems, the better one. */
  kind: { model: ClassificationFigures; keywords: ClassificationFigures };
}

/** Measures the exported files with ONNX Runtime, and the baselines, fitted on the training data, beside them. */
export async function evaluateModels(
  files: { detector: Uint8Array; kind: Uint8Array },
  { training, heldOut }: Dataset,
): Promise<Evaluation> {
  const actual = heldOut.map((window) => window.fault !== undefined);
  const scores = await detectorScores(files.detector, heldOut);
  const thresholds = fitThresholds(training);
  const faults = heldOut.filter((window) => window.fault !== undefined);
  const kinds = faults.map((window) => String(window.fault));
  const keywords = [wholeWords, wordStems].map((wordsOf) => {
    const lists = fitKeywords(training, wordsOf);
    return classificationFigures(
      faults.map((window) => keywordKind(lists, window.logs) ?? "none"),
      kinds,
    );
  });
  return {
    detector: {
      model: detectionFigures(
        scores.map((score) => score >= 0.5),
        actual,
      ),
      threshold: detectionFigures(
        heldOut.map((window) => thresholdAlarm(thresholds, window)),
        actual,
      ),
    },
    kind: {
      model: classificationFigures((await kindProbabilities(files.kind, faults)).map(bestKind), kinds),
      keywords: keywords.reduce((one, other) => (other.accuracy > one.accuracy ? other : one)),
    },
  };
}

/** What is missing to the targets, as sentences with the figures; empty when all are reached. */
export function missedTargets({ detector, kind }: Evaluation): string[] {
  const percent = (value: number) => value.toFixed(3);
  const checks: [string, number, number][] = [
    ["fault-detector F1", detector.model.f1, targets.detectorF1],
    [
      "fault-detector F1 (threshold baseline + lead)",
      detector.model.f1,
      detector.threshold.f1 + targets.lead,
    ],
    [
      "fault-detector accuracy (threshold baseline + lead)",
      detector.model.accuracy,
      detector.threshold.accuracy + targets.lead,
    ],
    ["fault-kind accuracy", kind.model.accuracy, targets.kindAccuracy],
    ["fault-kind accuracy (keyword list + lead)", kind.model.accuracy, kind.keywords.accuracy + targets.lead],
    ["fault-kind F1 (keyword list + lead)", kind.model.f1, kind.keywords.f1 + targets.lead],
  ];
  return checks
    .filter(([, reached, needed]) => !(reached >= needed))
    .map(([what, reached, needed]) => `${what} is ${percent(reached)}, needed are ${percent(needed)}`);
}

export async function detectorScores(file: Uint8Array, windows: LabelledWindow[]): Promise<number[]> {
  const runner = await loadOnnx(file);
  const outputs = await runner.run({
    [detectorInput.name]: {
      shape: [windows.length, windowMinutes, metricNames.length],
      data: Float32Array.from(windows.flatMap((window) => window.metrics.flat())),
    },
  });
  await runner.release();
  return Array.from(outputs[detectorOutput.name]?.data ?? []);
}

/** One row for each window, in the order of `faultKinds`. */
export async function kindProbabilities(file: Uint8Array, windows: LabelledWindow[]): Promise<number[][]> {
  const runner = await loadOnnx(file);
  const features = new Float32Array(windows.length * kindPreprocessing.size);
  windows.forEach((window, row) => {
    features.set(kindFeatures(window.logs), row * kindPreprocessing.size);
  });
  const outputs = await runner.run({
    [kindPreprocessing.output]: { shape: [windows.length, kindPreprocessing.size], data: features },
  });
  await runner.release();
  const data = Array.from(outputs[kindOutput.name]?.data ?? []);
  return windows.map((_, row) => data.slice(row * faultKinds.length, (row + 1) * faultKinds.length));
}

function bestKind(probabilities: number[]): string {
  return faultKinds[probabilities.indexOf(Math.max(...probabilities))] ?? "none";
}

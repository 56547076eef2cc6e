import { hashedFeatures } from "../../runtime/inference/preprocessing/hashed-features.ts";
import { loadOnnx } from "../../runtime/learning/onnx/run-onnx.ts";
import { fitKeywords, keywordKind, wholeWords, wordStems } from "./baselines/keyword-baseline.ts";
import { fitThresholds, thresholdAlarm } from "./baselines/threshold-baseline.ts";
import { type Dataset, type LabelledWindow, windowMinutes } from "./data/dataset.ts";
import { type FaultKind, faultKinds } from "./data/faults.ts";
import { metricNames } from "./data/server-profile.ts";
import {
  type ClassificationFigures,
  classificationFigures,
  type DetectionFigures,
  detectionFigures,
} from "./evaluation-figures.ts";
import { detectorInput, detectorOutput } from "./models/fault-detector.ts";
import { kindLabels, kindOutput, kindPreprocessing } from "./models/fault-kind.ts";
import { targets } from "./settings.ts";

/** Everything on held-out data: servers and message templates that training never saw. */
export interface Evaluation {
  detector: { model: DetectionFigures; threshold: DetectionFigures };
  /** On the windows with a fault. Of four keyword lists the best one. */
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
      model: classificationFigures(
        (await lineLabels(files.kind, faults)).map((labels) => votedKind(labels).kind ?? "none"),
        kinds,
      ),
      keywords: bestKeywordList(training, faults),
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

/** For each window the label of each of its lines. */
export async function lineLabels(
  file: Uint8Array,
  windows: Pick<LabelledWindow, "logs">[],
): Promise<string[][]> {
  const runner = await loadOnnx(file);
  const labels: string[][] = [];
  for (const { logs } of windows) {
    const features = new Float32Array(logs.length * kindPreprocessing.size);
    logs.forEach(({ text }, row) => {
      features.set(hashedFeatures(text, kindPreprocessing), row * kindPreprocessing.size);
    });
    const outputs = await runner.run({
      [kindPreprocessing.output]: { shape: [logs.length, kindPreprocessing.size], data: features },
    });
    const data = Array.from(outputs[kindOutput.name]?.data ?? []);
    labels.push(
      logs.map((_, row) => bestLabel(data.slice(row * kindLabels.length, (row + 1) * kindLabels.length))),
    );
  }
  await runner.release();
  return labels;
}

/** The kind that most lines speak of, the earlier one of `faultKinds` where two are level; the workflow does the same. */
export function votedKind(labels: string[]): { kind: FaultKind | undefined; votes: number[] } {
  const votes = faultKinds.map((kind) => labels.filter((label) => label === kind).length);
  const most = Math.max(...votes);
  return { kind: most === 0 ? undefined : faultKinds[votes.indexOf(most)], votes };
}

function bestLabel(probabilities: number[]): string {
  return kindLabels[probabilities.indexOf(Math.max(...probabilities))] ?? "none";
}

/** Lists of whole words and of stems, of all lines and of warnings and errors only: the best of the four. */
function bestKeywordList(training: LabelledWindow[], faults: LabelledWindow[]): ClassificationFigures {
  const all = (windows: LabelledWindow[]) => windows;
  const warnings = (windows: LabelledWindow[]) =>
    windows.map((window) => ({
      ...window,
      logs: window.logs.filter(({ text }) => / (WARN|ERROR) /.test(text)),
    }));
  const figures = [all, warnings].flatMap((selected) =>
    [wholeWords, wordStems].map((wordsOf) => {
      const lists = fitKeywords(selected(training), wordsOf);
      return classificationFigures(
        selected(faults).map((window) => keywordKind(lists, window.logs) ?? "none"),
        faults.map((window) => String(window.fault)),
      );
    }),
  );
  return figures.reduce((one, other) => (other.accuracy > one.accuracy ? other : one));
}

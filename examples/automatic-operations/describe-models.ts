import type { NewModelVersion } from "../../runtime/inference/model-repository.ts";
import type { Evaluation } from "./evaluate.ts";
import { detectorInput, detectorOutput } from "./models/fault-detector.ts";
import { kindInput, kindLabels, kindOutput, kindPreprocessing } from "./models/fault-kind.ts";
import { type TrainingSettings, targets } from "./settings.ts";
import type { TrainedModels } from "./train.ts";

export const modelNames = ["fault-detector", "fault-kind"] as const;

/** Both models as the repository wants them, with their figures on held-out data and where they come from. */
export function describeModels(
  trained: TrainedModels,
  evaluation: Evaluation,
  settings: TrainingSettings,
  sources: string,
): NewModelVersion[] {
  const lineage = (parameters: object, trainingSeconds: number) => ({
    trainedBy: "examples/automatic-operations",
    data: { generator: "examples/automatic-operations/data", ...settings.data },
    trainingWindows: trained.dataset.training.length,
    heldOutWindows: trained.dataset.heldOut.length,
    seed: settings.data.seed,
    parameters: { ...parameters },
    targets: { ...targets },
    trainingSeconds,
    sources,
  });
  const { detector, kind } = evaluation;
  return [
    {
      name: modelNames[0],
      description: "Probability that a server has a fault, from half an hour of its metrics",
      files: { "model.onnx": trained.detector.file },
      model: "model.onnx",
      inputs: [{ ...detectorInput, shape: [...detectorInput.shape] }],
      outputs: [{ ...detectorOutput, shape: [...detectorOutput.shape] }],
      metrics: {
        ...detector.model,
        thresholdF1: detector.threshold.f1,
        thresholdAccuracy: detector.threshold.accuracy,
      },
      lineage: lineage(settings.detector, trained.detector.trainingSeconds),
    },
    {
      name: modelNames[1],
      description: "Kind of fault that a log line speaks of, or none",
      files: { "model.onnx": trained.kind.file },
      model: "model.onnx",
      inputs: [{ ...kindInput, shape: [...kindInput.shape] }],
      outputs: [{ ...kindOutput, shape: [...kindOutput.shape] }],
      preprocessing: [kindPreprocessing],
      labels: { [kindOutput.name]: [...kindLabels] },
      metrics: {
        ...kind.model,
        keywordAccuracy: kind.keywords.accuracy,
        keywordF1: kind.keywords.f1,
      },
      lineage: lineage(settings.kind, trained.kind.trainingSeconds),
    },
  ];
}

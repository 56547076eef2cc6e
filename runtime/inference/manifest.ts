import { z } from "zod";
import { objectKeyProblem } from "../object-store/object-key.ts";
import { checkSteps, ensembleStepSchema } from "./ensembles/steps.ts";
import type { TensorMetadata } from "./inference.ts";
import { signatureFile } from "./model-signature.ts";
import {
  checkPostprocessing,
  graphOutputs as outputsOfGraph,
  postprocessingStepSchema,
} from "./postprocessing/schema.ts";
import { checkPreprocessing, preparedInputs, preprocessingStepSchema } from "./preprocessing/schema.ts";
import { batchingSchema, checkScheduling, queueSchema } from "./scheduling/settings.ts";
import { tensorMetadata } from "./tensor-metadata.ts";
import { warmUpProblems, warmUpSchema } from "./warm-up.ts";

/** Names by which a version can be asked for, beside its number. */
export const aliasPattern = /^[A-Za-z][A-Za-z0-9._-]{0,127}$/;
export const aliasRule =
  "must begin with a letter and hold only letters, digits, dots, hyphens and underscores, at most 128";

const filePath = z.string().superRefine((path, context) => {
  const isOwn = path === "manifest.json" || path === signatureFile;
  const message = isOwn ? "is the name of the manifest or of its signature" : objectKeyProblem(path);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

const described = {
  name: z
    .string()
    .regex(
      /^(?!\.)[A-Za-z0-9._-]{1,128}(?<!\.)$/,
      "must be 1 to 128 letters, digits, dots, hyphens and underscores, without a dot at its start or end",
    ),
  description: z.string(),
  /** Which of the files is the ONNX graph; the others are its external data. An ensemble has `steps` instead. */
  model: filePath.optional(),
  /** Models that are run one after another or side by side, instead of a graph. */
  steps: z.array(ensembleStepSchema).min(1).max(100).optional(),
  inputs: z.array(tensorMetadata).min(1),
  outputs: z.array(tensorMetadata).min(1),
  preprocessing: z.array(preprocessingStepSchema).optional(),
  postprocessing: z.array(postprocessingStepSchema).optional(),
  labels: z.record(z.string(), z.array(z.string()).min(1)).optional(),
  batching: batchingSchema.optional(),
  queue: queueSchema.optional(),
  /** Worker threads of this version, each with a session. Default: SKYLOOM_INFERENCE_WORKERS. */
  workers: z.number().int().min(1).max(64).optional(),
  /** Run by each worker before the version is ready. Default: none. */
  warmUp: z.array(warmUpSchema).max(100).optional(),
  /** Results kept by the content of what was asked, only for models that always answer the same. Default: none. */
  cache: z.strictObject({ maximumBytes: z.number().int().min(1) }).optional(),
  /** Whether it stays in memory while others are unloaded to make room. Default false. */
  pinned: z.boolean().optional(),
  metrics: z.record(z.string(), z.number()),
  lineage: z.record(z.string(), z.json()),
};

/** What a publisher says of a model. */
export const modelDescriptionSchema = z.strictObject(described).superRefine(checkReferences);

/** A version's manifest.json. */
export const manifestSchema = z
  .object({
    ...described,
    version: z.number().int().min(1),
    platform: z.enum(["onnxruntime_onnx", "ensemble"]),
    createdAt: z.iso.datetime(),
    files: z.array(
      z.object({
        path: filePath,
        /** Bytes. */
        size: z.number().int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    ),
  })
  .superRefine(checkReferences);

export type ModelDescription = z.infer<typeof modelDescriptionSchema>;
export type ModelManifest = z.infer<typeof manifestSchema>;

/** The inputs of the ONNX graph itself: what preprocessing takes is replaced by what it makes. */
export function graphInputs({
  inputs,
  preprocessing = [],
}: Pick<ModelDescription, "inputs" | "preprocessing">) {
  return inputs.flatMap((input): TensorMetadata[] => {
    const step = preprocessing.find((candidate) => candidate.input === input.name);
    return step === undefined ? [input] : preparedInputs(input, step);
  });
}

/** The outputs of the ONNX graph itself. */
export function graphOutputs({
  outputs,
  postprocessing = [],
}: Pick<ModelDescription, "outputs" | "postprocessing">): TensorMetadata[] {
  return outputsOfGraph(outputs, postprocessing);
}

/** Settings of a graph; in an ensemble each model has its own. A result kept would outlive a version of its models. */
const graphSettings = ["model", "preprocessing", "batching", "queue", "workers", "warmUp", "cache"] as const;

function checkReferences(
  model: Omit<ModelDescription, "name" | "description" | "metrics" | "lineage">,
  context: z.RefinementCtx,
): void {
  const report = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  checkUnique(model.inputs, (index, name) => report(["inputs", index, "name"], `${name} is used twice`));
  checkUnique(model.outputs, (index, name) => report(["outputs", index, "name"], `${name} is used twice`));
  const { steps } = model;
  if (steps === undefined && model.model === undefined)
    report(["model"], "is missing: a model has the path of its graph here, or steps");
  if (steps !== undefined) {
    for (const setting of graphSettings)
      if (model[setting] !== undefined)
        report([setting], "is not allowed beside steps: it belongs to the models that they name");
    checkSteps({ ...model, steps }, report);
  }
  checkPreprocessing(model.preprocessing ?? [], model.inputs, report);
  checkPostprocessing(model.postprocessing ?? [], model.outputs, report);
  checkScheduling(model, report);
  for (const { index, problem } of warmUpProblems(model.warmUp ?? [], model))
    report(["warmUp", index, problem.path], problem.message);
  for (const [name, labels] of Object.entries(model.labels ?? {})) {
    const output = model.outputs.find((candidate) => candidate.name === name);
    const size = output?.shape.at(-1);
    if (output === undefined) report(["labels", name], "is no output");
    else if (output.datatype === "BYTES" || size === undefined)
      report(["labels", name], "needs an output with a number for each label");
    else if (size !== labels.length)
      report(["labels", name], `has ${labels.length} labels, the output's last dimension is ${size}`);
  }
}

function checkUnique(tensors: { name: string }[], onTwice: (index: number, name: string) => void): void {
  tensors.forEach(({ name }, index) => {
    if (tensors.findIndex((other) => other.name === name) !== index) onTwice(index, name);
  });
}

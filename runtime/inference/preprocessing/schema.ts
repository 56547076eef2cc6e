import { z } from "zod";
import type { TensorMetadata } from "../inference.ts";
import { axisOf, type Normalise } from "./normalise.ts";
import type { OneHot } from "./one-hot.ts";
import type { PreprocessingStep } from "./preprocess.ts";
import { defaultTokenizerFile, largestMaximumLength, tokenizedInputs } from "./tokenizer.ts";

const ngrams = z
  .tuple([z.number().int().min(0).max(16), z.number().int().min(0).max(16)])
  .refine(([shortest, longest]) => shortest <= longest, "must be [shortest, longest]");

const tensors = { input: z.string().min(1), output: z.string().min(1) };
const channels = z.array(z.number()).min(1).max(65_536);

export const preprocessingStepSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hashed-features"),
    ...tensors,
    size: z.number().int().min(1).max(1_048_576),
    wordNgrams: ngrams,
    characterNgrams: ngrams,
  }),
  z.strictObject({
    type: z.literal("normalise"),
    ...tensors,
    mean: channels,
    standardDeviation: channels.refine(
      (deviations) => deviations.every((deviation) => deviation > 0),
      "must be above 0",
    ),
    axis: z.number().int().min(0).max(15).optional(),
  }),
  z.strictObject({
    type: z.literal("one-hot"),
    ...tensors,
    categories: z
      .array(z.union([z.string(), z.number().int()]))
      .min(1)
      .max(65_536)
      .refine((all) => new Set(all.map(String)).size === all.length, "must differ from each other"),
    unknown: z.enum(["reject", "zeros"]).optional(),
  }),
  z.strictObject({
    type: z.literal("tokenizer"),
    input: z.string().min(1),
    file: z.string().min(1).optional(),
    outputs: z.strictObject({
      inputIds: z.string().min(1),
      attentionMask: z.string().min(1).optional(),
      tokenTypeIds: z.string().min(1).optional(),
    }),
    datatype: z.enum(["INT64", "INT32"]).optional(),
    maximumLength: z.number().int().min(1).max(largestMaximumLength).optional(),
    padding: z.enum(["longest", "maximum"]).optional(),
    paddingId: z.number().int().min(0).optional(),
  }),
]);

/** Files that a step needs of its version. */
export function filesOfSteps(steps: PreprocessingStep[]): string[] {
  return steps.flatMap((step) => (step.type === "tokenizer" ? [step.file ?? defaultTokenizerFile] : []));
}

/** What the graph takes instead of an input that the step names. */
export function preparedInputs({ shape }: TensorMetadata, step: PreprocessingStep): TensorMetadata[] {
  if (step.type === "tokenizer") return tokenizedInputs(step);
  const name = step.output;
  if (step.type === "hashed-features") return [{ name, datatype: "FP32", shape: [-1, step.size] }];
  if (step.type === "normalise") return [{ name, datatype: "FP32", shape }];
  return [{ name, datatype: "FP32", shape: [...shape, step.categories.length] }];
}

/** Names of what a step makes, each with its place in the step. */
function outputsOf(step: PreprocessingStep): [field: string[], name: string][] {
  if (step.type !== "tokenizer") return [[["output"], step.output]];
  return Object.entries(step.outputs).flatMap(([field, name]) =>
    name === undefined ? [] : [[["outputs", field], name] as [string[], string]],
  );
}

type Report = (path: (string | number)[], message: string) => void;

/** What of the steps does not fit the model's inputs, or each other. */
export function checkPreprocessing(
  steps: PreprocessingStep[],
  inputs: TensorMetadata[],
  report: Report,
): void {
  const used = new Set(inputs.map(({ name }) => name));
  steps.forEach((step, index) => {
    const path = (field: string) => ["preprocessing", index, field];
    const input = inputs.find((candidate) => candidate.name === step.input);
    if (input === undefined) report(path("input"), `${step.input} is no input`);
    else checkStep(step, input, (field, message) => report(path(field), message));
    if (steps.findIndex((other) => other.input === step.input) !== index)
      report(path("input"), `${step.input} is taken twice`);
    for (const [place, name] of outputsOf(step)) {
      if (used.has(name)) report(["preprocessing", index, ...place], `${name} is used twice`);
      used.add(name);
    }
  });
}

type ReportField = (field: string, message: string) => void;

function checkStep(step: PreprocessingStep, input: TensorMetadata, report: ReportField): void {
  if (step.type === "normalise") checkNormalise(step, input, report);
  else if (step.type === "one-hot") checkOneHot(step, input, report);
  else if (step.type === "tokenizer" && step.padding === "maximum" && step.maximumLength === undefined)
    report("maximumLength", "is missing: rows are filled up to it");
  else if (input.datatype !== "BYTES" || input.shape.length !== 1 || input.shape[0] !== -1)
    report("input", `${step.input} must be BYTES of shape [-1]`);
}

function checkNormalise(step: Normalise, input: TensorMetadata, report: ReportField): void {
  if (input.datatype === "BYTES" || input.datatype === "BOOL")
    report("input", `${step.input} must be numbers, not ${input.datatype}`);
  const axis = axisOf(step, input);
  const size = input.shape[axis];
  if (step.axis !== undefined && size === undefined)
    report(
      "axis",
      `must be below ${input.shape.length}, the number of dimensions of ${step.input}, not ${axis}`,
    );
  for (const field of ["mean", "standardDeviation"] as const)
    if (step[field].length !== 1 && step[field].length !== size)
      report(
        field,
        `has ${step[field].length} numbers, must have 1 or as many as dimension ${axis} of ${step.input}, which is ${size === -1 ? "open" : size}`,
      );
}

function checkOneHot(step: OneHot, input: TensorMetadata, report: ReportField): void {
  if (input.datatype !== "BYTES" && !/^U?INT/.test(input.datatype))
    report("input", `${step.input} must be BYTES or whole numbers, not ${input.datatype}`);
  const kind = input.datatype === "BYTES" ? "string" : "number";
  if (step.categories.some((category) => typeof category !== kind))
    report("categories", `must be ${kind === "string" ? "text" : "whole numbers"}, as ${step.input} is`);
}

import { z } from "zod";
import type { TensorMetadata } from "../inference.ts";
import { tensorMetadata } from "../tensor-metadata.ts";
import type { PostprocessingStep } from "./postprocess.ts";
import { madeBy } from "./top-k.ts";

const name = z.string().min(1).max(256);

export const postprocessingStepSchema = z.strictObject({
  type: z.literal("top-k"),
  input: tensorMetadata,
  count: z.number().int().min(1).max(65_536),
  scores: name.optional(),
  indices: name.optional(),
  labels: z.strictObject({ output: name, names: z.array(z.string()).min(1) }).optional(),
});

/** The outputs of the ONNX graph itself: what postprocessing makes is replaced by what it takes. */
export function graphOutputs(outputs: TensorMetadata[], steps: PostprocessingStep[]): TensorMetadata[] {
  const made = new Set(steps.flatMap(madeBy));
  const kept = [...outputs.filter(({ name }) => !made.has(name)), ...steps.map(({ input }) => input)];
  return kept.filter(({ name }, index) => kept.findIndex((other) => other.name === name) === index);
}

type Report = (path: (string | number)[], message: string) => void;

/** What of the steps does not fit the model's outputs, or each other. */
export function checkPostprocessing(
  steps: PostprocessingStep[],
  outputs: TensorMetadata[],
  report: Report,
): void {
  const made = new Set<string>();
  steps.forEach((step, index) => {
    const path = (...fields: string[]) => ["postprocessing", index, ...fields];
    const { input, count, labels } = step;
    const size = input.shape.at(-1) ?? 0;
    if (input.datatype === "BYTES" || input.datatype === "BOOL")
      report(path("input", "datatype"), `must be numbers, not ${input.datatype}`);
    if (size < 1) report(path("input", "shape"), "needs a last dimension of a fixed size");
    else if (count > size)
      report(path("count"), `must be at most ${size}, the last dimension of ${input.name}`);
    if (labels !== undefined && labels.names.length !== size)
      report(
        path("labels", "names"),
        `has ${labels.names.length} labels, the last dimension of ${input.name} is ${size}`,
      );
    if (madeBy(step).length === 0) report(path(), "must name scores, indices or labels");
    const kept = outputs.find((output) => output.name === input.name);
    if (kept !== undefined && !isSame(kept, input))
      report(path("input"), `differs from the output ${input.name}, which is ${describe(kept)}`);
    for (const tensor of resultsOf(step)) {
      const declared = outputs.find((output) => output.name === tensor.name);
      if (declared === undefined) report(path(), `makes ${tensor.name}, which is no output`);
      else if (!isSame(declared, tensor))
        report(path(), `makes ${tensor.name} as ${describe(tensor)}; the output is ${describe(declared)}`);
      if (made.has(tensor.name)) report(path(), `${tensor.name} is made twice`);
      made.add(tensor.name);
    }
  });
  steps.forEach(({ input }, index) => {
    if (made.has(input.name))
      report(["postprocessing", index, "input", "name"], `${input.name} is made by postprocessing itself`);
  });
}

function resultsOf({ input, count, scores, indices, labels }: PostprocessingStep): TensorMetadata[] {
  const shape = [...input.shape.slice(0, -1), count];
  const results: TensorMetadata[] = [];
  if (scores !== undefined) results.push({ name: scores, datatype: input.datatype, shape });
  if (indices !== undefined) results.push({ name: indices, datatype: "INT64", shape });
  if (labels !== undefined) results.push({ name: labels.output, datatype: "BYTES", shape });
  return results;
}

function isSame(one: TensorMetadata, other: TensorMetadata): boolean {
  return describe(one) === describe(other);
}

function describe({ datatype, shape }: TensorMetadata): string {
  return `${datatype} [${shape.join(", ")}]`;
}

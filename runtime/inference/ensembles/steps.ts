import { z } from "zod";
import { topologicalOrder } from "../../workflows/graph.ts";
import type { TensorMetadata } from "../inference.ts";

const tensorNames = z
  .record(z.string().min(1).max(256), z.string().min(1).max(256))
  .refine((names) => Object.keys(names).length > 0, "must name a tensor");

/** One model of an ensemble, with the ensemble's name for each of its tensors. */
export const ensembleStepSchema = z
  .strictObject({
    model: z.string().min(1).max(128),
    /** Default: the model's current version, also after it moved. */
    version: z.number().int().min(1).optional(),
    /** Instead of a version: the one that has this alias at the time of the request. */
    alias: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9._-]{0,127}$/, "must be an alias such as stable")
      .optional(),
    /** Input of the model → tensor of the ensemble: one of its inputs or what another step makes. */
    inputs: tensorNames,
    /** Output of the model → tensor of the ensemble. Outputs that are not named are not computed. */
    outputs: tensorNames,
  })
  .refine(
    ({ version, alias }) => version === undefined || alias === undefined,
    "has version and alias: only one of them may say which version",
  );

export type EnsembleStep = z.infer<typeof ensembleStepSchema>;

export interface EnsembleDescription {
  inputs: TensorMetadata[];
  outputs: TensorMetadata[];
  steps: EnsembleStep[];
}

type Report = (path: (string | number)[], message: string) => void;

/** Which step makes each tensor; the first where several do. */
export function makersOf(steps: EnsembleStep[]): Map<string, number> {
  const makers = new Map<string, number>();
  for (const [index, { outputs }] of steps.entries())
    for (const tensor of Object.values(outputs)) if (!makers.has(tensor)) makers.set(tensor, index);
  return makers;
}

/** What is wrong with an ensemble by itself, whatever its models are. */
export function checkSteps({ inputs, outputs, steps }: EnsembleDescription, report: Report): void {
  const makers = makersOf(steps);
  const given = new Set(inputs.map(({ name }) => name));
  const taken = new Set(steps.flatMap((step) => Object.values(step.inputs)));
  const made = new Set<string>();
  steps.forEach((step, index) => {
    for (const [theirs, ours] of Object.entries(step.inputs))
      if (!given.has(ours) && !makers.has(ours))
        report(["steps", index, "inputs", theirs], `${ours} is no input, and no step makes it`);
    for (const [theirs, ours] of Object.entries(step.outputs)) {
      if (given.has(ours)) report(["steps", index, "outputs", theirs], `${ours} is an input already`);
      else if (made.has(ours)) report(["steps", index, "outputs", theirs], `${ours} is made twice`);
      made.add(ours);
    }
  });
  inputs.forEach(({ name }, index) => {
    if (!taken.has(name)) report(["inputs", index, "name"], `no step takes ${name}`);
  });
  outputs.forEach(({ name }, index) => {
    if (!makers.has(name)) report(["outputs", index, "name"], `no step makes ${name}`);
  });
  const order = topologicalOrder(dependenciesOf(steps, makers));
  if ("cycle" in order)
    report(["steps"], `wait for each other: ${order.cycle.map((index) => `steps[${index}]`).join(" → ")}`);
}

function dependenciesOf(steps: EnsembleStep[], makers: Map<string, number>): Record<string, string[]> {
  return Object.fromEntries(
    steps.map((step, index) => [
      String(index),
      Object.values(step.inputs).flatMap((tensor) => {
        const maker = makers.get(tensor);
        return maker === undefined ? [] : [String(maker)];
      }),
    ]),
  );
}

import type { Tensor } from "../datatypes.ts";
import { madeBy, type TopK, topK } from "./top-k.ts";

/** A step of a manifest. */
export type PostprocessingStep = TopK;

/** The graph's outputs from which the outputs asked for are made. */
export function neededOutputs(outputs: string[], steps: PostprocessingStep[]): string[] {
  const maker = (name: string) => steps.find((step) => madeBy(step).includes(name));
  return [...new Set(outputs.map((name) => maker(name)?.input.name ?? name))];
}

/** The outputs asked for, in this order, from those of the graph. */
export function postprocess(results: Tensor[], outputs: string[], steps: PostprocessingStep[]): Tensor[] {
  if (steps.length === 0) return results;
  const all = new Map(results.map((tensor) => [tensor.name, tensor]));
  for (const step of steps) {
    const input = all.get(step.input.name);
    if (input !== undefined && madeBy(step).some((name) => outputs.includes(name)))
      for (const tensor of topK(input, step)) all.set(tensor.name, tensor);
  }
  return outputs.map((name) => all.get(name) as Tensor);
}

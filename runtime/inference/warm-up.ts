import { z } from "zod";
import { ApiError, type Problem } from "../errors.ts";
import type { Tensor } from "./datatypes.ts";
import { decodeRequest, type ModelInterface } from "./protocol/decode-request.ts";

/** Elements of one input that a manifest may ask to be filled. */
const maximumFilledElements = 16 * 1024 * 1024;

/** A request that each worker runs before its version is ready. */
export const warmUpSchema = z.strictObject({
  inputs: z
    .array(
      z.strictObject({
        name: z.string(),
        shape: z.array(z.number().int().min(1)).max(16),
        /** As in a request. Default: `fill` in every element. */
        data: z.array(z.json()).optional(),
        /** A number, or true or false for BOOL, or text for BYTES. Default 0, false or empty text. */
        fill: z.union([z.number(), z.boolean(), z.string()]).optional(),
      }),
    )
    .min(1),
  /** Default 1. */
  repetitions: z.number().int().min(1).max(1000).optional(),
});

export type WarmUp = z.infer<typeof warmUpSchema>;

export interface WarmUpRun {
  inputs: Tensor[];
  repetitions: number;
}

/** @throws ApiError `invalid-request` (400) with all problems at paths such as `inputs[0].shape` */
export function warmUpRun({ inputs, repetitions = 1 }: WarmUp, model: ModelInterface): WarmUpRun {
  const request = {
    inputs: inputs.map(({ name, shape, data, fill }) => {
      const datatype = model.inputs.find((input) => input.name === name)?.datatype ?? "FP32";
      return { name, datatype, shape, data: data ?? filled(datatype, shape, fill) };
    }),
  };
  return { inputs: decodeRequest(request, model).inputs, repetitions };
}

function filled(datatype: Tensor["datatype"], shape: number[], fill: unknown): unknown[] {
  const elements = shape.reduce((product, size) => product * size, 1);
  // Refused by its wrong length.
  if (elements > maximumFilledElements) return [];
  const none = { BOOL: false, BYTES: "" }[datatype as string] ?? 0;
  return new Array(elements).fill(fill ?? none);
}

/** What is wrong with the samples of a manifest, by their place in it. */
export function warmUpProblems(
  warmUp: WarmUp[],
  model: ModelInterface,
): { index: number; problem: Problem }[] {
  return warmUp.flatMap((sample, index) => {
    try {
      warmUpRun(sample, model);
      return [];
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return error.problems.map((problem) => ({ index, problem }));
    }
  });
}

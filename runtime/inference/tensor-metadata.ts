import { z } from "zod";
import { isDatatype } from "./datatypes.ts";
import type { Datatype } from "./inference.ts";

const dimension = z
  .number()
  .int()
  .refine((size) => size === -1 || size >= 1, "must be -1 (any size) or at least 1");

/** A tensor as a manifest declares it. */
export const tensorMetadata = z.strictObject({
  name: z.string().min(1).max(256),
  datatype: z.custom<Datatype>(isDatatype, "must be a datatype of the Open Inference Protocol, such as FP32"),
  shape: z.array(dimension).max(16),
});

import { z } from "zod";
import type { Json } from "./workflow.ts";

/** A trained model in the bucket, not yet published, as the task `train` gives it to others. */
export const tabularModelReference = z.object({
  /** Of the ONNX file. */
  key: z.string(),
  bytes: z.number().int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  kind: z.enum(["classification", "regression"]),
  /** The columns that it reads, in their order. */
  features: z.array(z.string()).min(1),
  target: z.string(),
  /** What each column of its probabilities stands for; none of a regression. */
  classes: z.array(z.string()),
  /** How it came about: data, seed, settings. */
  lineage: z.record(
    z.string(),
    z.custom<Json>(() => true),
  ),
});

export type TabularModelReference = z.infer<typeof tabularModelReference>;

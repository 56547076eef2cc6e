import { z } from "zod";
import { problem } from "./error-answer.ts";

export const cataloguesAnswer = z.object({ catalogues: z.array(z.string()) });

export const catalogueAnswer = z.object({
  name: z.string(),
  updatedAt: z.iso.datetime(),
  specification: z.string(),
  files: z.record(z.string(), z.string()),
});

const optimisation = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("shared"), kept: z.string(), others: z.array(z.string()) }),
  z.object({ kind: z.literal("dropped"), tasks: z.array(z.string()) }),
  z.object({ kind: z.literal("need-removed"), task: z.string(), need: z.string(), through: z.string() }),
]);

export const compositionAnswer = z
  .object({
    specification: z.string().meta({ description: "a workflow file" }),
    files: z.record(z.string(), z.string()).meta({ description: "of all the catalogues" }),
    tasks: z.array(z.string()),
    isExact: z.boolean(),
    optimisations: z.array(optimisation),
    warnings: z.array(problem),
    mermaid: z.string(),
  })
  .meta({ id: "Composition" });

import { z } from "zod";
import { problem } from "./error-answer.ts";

const jsonSchemas = z.record(z.string(), z.record(z.string(), z.unknown()));

const summary = z.object({
  name: z.string(),
  version: z.int().min(1),
  createdAt: z.iso.datetime(),
  description: z.string(),
  inputs: jsonSchemas,
  outputs: jsonSchemas,
  triggers: z.array(z.record(z.string(), z.unknown())),
  concurrency: z.int(),
});

export const workflowsAnswer = z.object({ workflows: z.array(summary.meta({ id: "WorkflowSummary" })) });

export const storedWorkflowAnswer = summary.extend({ warnings: z.array(problem) });

const task = z.looseObject({ name: z.string(), uses: z.string(), dependencies: z.array(z.string()) });

export const workflowAnswer = summary
  .extend({
    versions: z.array(z.int().min(1)),
    specification: z.string().meta({ description: "the file as it was put" }),
    files: z.record(z.string(), z.string()),
    tasks: z.array(task).meta({ description: "in topological order, with their defaults" }),
    mermaid: z.string(),
    warnings: z.array(problem),
  })
  .meta({ id: "Workflow" });

export const validationAnswer = z
  .object({
    valid: z.boolean(),
    name: z.string().optional(),
    problems: z.array(problem),
    warnings: z.array(problem),
    mermaid: z.string().optional(),
  })
  .meta({ id: "Validation" });

const runs = z.int();

export const suggestionsAnswer = z
  .object({
    suggestions: z.array(
      z.discriminatedUnion("kind", [
        z.object({
          kind: z.literal("missing-dependency"),
          task: z.string(),
          needs: z.string(),
          keys: z.array(z.string()),
          runs,
        }),
        z.object({ kind: z.literal("unused-dependency"), task: z.string(), needs: z.string(), runs }),
        z.object({
          kind: z.literal("duration"),
          task: z.string(),
          declared: z.number().nullable(),
          p50: z.number(),
          p90: z.number(),
          runs,
        }),
        z.object({
          kind: z.literal("memory"),
          task: z.string(),
          declared: z.number(),
          peak: z.number(),
          runs,
        }),
      ]),
    ),
  })
  .meta({ id: "Suggestions" });

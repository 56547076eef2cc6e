import { z } from "zod";
import { nearestName } from "../nearest-name.ts";

const seconds = z.number().min(0).max(604_800);

/** Strings that name a workflow or a task: they become parts of object keys and URLs. */
export const namePattern = /^[a-z][a-z0-9_-]{0,62}$/;
const name = z
  .string()
  .regex(
    namePattern,
    "must begin with a small letter and hold only a-z, 0-9, - and _, at most 63 characters",
  );

/** An object that refuses unknown keys, naming those it allows. */
export function closedObject<Shape extends z.ZodRawShape>(shape: Shape) {
  const allowed = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return undefined;
      return (issue as unknown as { keys: string[] }).keys
        .map((key) => {
          const meant = nearestName(key, allowed);
          return `unknown key "${key}"${meant ? `, did you mean "${meant}"?` : ";"} allowed are ${allowed.join(", ")}`;
        })
        .join("; ");
    },
  });
}

/** Text; a number or a truth value that an expression gives is taken as its text. */
export const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)], {
  error: "must be text",
});

const retries = closedObject({
  maximum: z.number().int().min(0).max(100),
  initialInterval: seconds,
  maximumInterval: seconds,
  factor: z.number().min(1).max(100),
}).partial();

const jsonSchemas = z.record(name, z.record(z.string(), z.unknown()));

const task = closedObject({
  goal: z.string().optional(),
  source: z.string().optional(),
  logic: z.string().optional(),
  onException: z.string().optional(),
  outputs: jsonSchemas.optional(),
  uses: z.string(),
  with: z.record(z.string(), z.unknown()).default({}),
  when: z.union([z.boolean(), z.string()]).optional(),
  needs: z.array(z.string()).default([]),
  priority: z.number().int().min(-1_000_000).max(1_000_000).default(0),
  timeout: z.number().positive().max(604_800).optional(),
  retries: retries.optional(),
});

/** The shape of a workflow file; what a shape cannot say is checked in specification.ts. */
export const specificationSchema = closedObject({
  name,
  description: z.string().optional(),
  inputs: jsonSchemas.default({}),
  outputs: jsonSchemas.default({}),
  triggers: z
    .array(closedObject({ message: closedObject({ type: z.string().min(1).max(256) }) }))
    .default([]),
  concurrency: z.number().int().min(1).max(1000).default(4),
  defaults: closedObject({
    timeout: z.number().positive().max(604_800).optional(),
    retries: retries.optional(),
  }).default({}),
  tasks: z
    .record(name, task)
    .refine((tasks) => Object.keys(tasks).length > 0, "must hold at least one task")
    .refine((tasks) => Object.keys(tasks).length <= 1000, "must hold at most 1000 tasks"),
});

export type Specification = z.infer<typeof specificationSchema>;

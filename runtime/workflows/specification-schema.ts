import { z } from "zod";
import { resourcesSchema } from "./resources.ts";
import { closedObject, name } from "./schema-parts.ts";
import { triggerSchema } from "./trigger-schema.ts";

export { closedObject, namePattern, text } from "./schema-parts.ts";

const aWeek = 604_800;
const aYear = 31_536_000;
const seconds = z.number().min(0).max(aWeek);
const timeout = z.number().positive().max(aWeek);
const deadline = z.number().positive().max(aYear);
const probability = z.number().min(0).max(1);
const amount = z.number().min(0).max(1e12);
const priority = z.number().int().min(-1_000_000).max(1_000_000);

const retries = closedObject({
  maximum: z.number().int().min(0).max(100),
  initialInterval: seconds,
  maximumInterval: seconds,
  factor: z.number().min(1).max(100),
  errors: z
    .array(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be an error\'s code, such as "task-timeout"'))
    .min(1),
}).partial();

const jsonSchemas = z.record(name, z.record(z.string(), z.unknown()));
const artifacts = z.record(
  name,
  z.string().regex(/^\S{1,200}$/, 'must be a type without spaces, such as "dataset/csv"'),
);
const parameters = z.record(z.string(), z.unknown());

const action = closedObject({ uses: z.string(), with: parameters.default({}) });

const fallback = closedObject({
  uses: z.string().optional(),
  with: parameters.optional(),
  outputs: parameters.optional(),
})
  .refine(
    (value) => (value.uses === undefined) !== (value.outputs === undefined),
    'must hold either "uses" (a task type, with its "with") or "outputs" (given as they are)',
  )
  .refine((value) => value.with === undefined || value.uses !== undefined, '"with" needs "uses" beside it')
  .meta({ oneOf: [{ required: ["uses"] }, { required: ["outputs"] }] });

/** What every task of a workflow may share, in `defaults`; what a task says itself wins. */
const shared = {
  timeout: timeout.optional(),
  retries: retries.optional(),
  priority: priority.optional(),
  weight: amount.optional(),
  exceptionCost: amount.optional(),
  exceptionProbability: probability.optional(),
};

const task = closedObject({
  goal: z.string().optional(),
  source: z.string().optional(),
  logic: z.string().optional(),
  onException: z.string().optional(),
  outputs: jsonSchemas.optional(),
  consumes: artifacts.default({}),
  produces: artifacts.default({}),
  uses: z.string(),
  with: parameters.default({}),
  when: z.union([z.boolean(), z.string()]).optional(),
  needs: z.array(z.string()).default([]),
  resources: resourcesSchema.optional(),
  duration: z.number().min(0).max(aYear).optional(),
  deadline: deadline.optional(),
  ...shared,
  fallback: fallback.optional(),
  compensation: action.optional(),
  cache: closedObject({ key: z.string().min(1), maximumAge: deadline.optional() }).optional(),
});

/** The shape of a workflow file; what a shape cannot say is checked in specification.ts. */
export const specificationSchema = closedObject({
  name,
  description: z.string().optional(),
  inputs: jsonSchemas.default({}),
  outputs: jsonSchemas.default({}),
  triggers: z.array(triggerSchema).max(50).default([]),
  concurrency: z.number().int().min(1).max(1000).default(4),
  deadline: deadline.optional(),
  share: z.number().min(0.001).max(1_000_000).default(1),
  defaults: closedObject(shared).default({}),
  tasks: z
    .record(name, task)
    .refine((tasks) => Object.keys(tasks).length > 0, "must hold at least one task")
    .refine((tasks) => Object.keys(tasks).length <= 1000, "must hold at most 1000 tasks"),
});

export type Specification = z.infer<typeof specificationSchema>;

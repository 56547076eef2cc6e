import { z } from "zod";
import { resourcesSchema } from "./resources.ts";
import { closedObject, name, retries, timeout } from "./schema-parts.ts";
import { triggerSchema } from "./trigger-schema.ts";

export { closedObject, namePattern, text } from "./schema-parts.ts";

const aYear = 31_536_000;
const deadline = z.number().positive().max(aYear);
const probability = z.number().min(0).max(1);
const amount = z.number().min(0).max(1e12);
const priority = z.number().int().min(-1_000_000).max(1_000_000);

export const jsonSchemas = z.record(name, z.record(z.string(), z.unknown()));
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
  timeout: timeout.optional().describe("seconds that one attempt may take; default 30"),
  retries: retries.optional().describe("when a failed attempt is tried again"),
  priority: priority.optional().describe("among ready tasks the highest starts first; default 0"),
  weight: amount.optional().describe("how much its completion matters to the planner; default 1"),
  exceptionCost: amount.optional().describe("what its failure costs the planner's objective"),
  exceptionProbability: probability.optional().describe("how likely it fails, 0 to 1"),
};

const cache = closedObject({
  key: z.string().min(1).describe("text, with ${…}: another key is another result"),
  maximumAge: deadline.optional().describe("seconds; default: for ever"),
});

/** A task as it is written. */
export const taskSchema = closedObject({
  goal: z.string().optional().describe("what the task is for"),
  source: z.string().optional().describe("where its data comes from"),
  logic: z.string().optional().describe("how it gets from inputs to outputs"),
  onException: z.string().optional().describe("what to do when it fails"),
  outputs: jsonSchemas.optional().describe("the format of what it gives, name to JSON Schema"),
  consumes: artifacts.default({}).describe("artifacts it takes, name to type; it waits for their producers"),
  produces: artifacts.default({}).describe("artifacts it makes, name to type"),
  uses: z.string().describe("the task type"),
  with: parameters.default({}).describe("parameters of the task type; strings may hold ${…}"),
  when: z
    .union([z.boolean(), z.string()])
    .optional()
    .describe("one ${…} that decides whether it runs; default: when all tasks it depends on succeeded"),
  needs: z.array(z.string()).default([]).describe("tasks that must end first, beside those that follow"),
  resources: resourcesSchema.optional().describe("what it needs while it runs"),
  duration: z.number().min(0).max(aYear).optional().describe("seconds that it is expected to take"),
  deadline: deadline.optional().describe("seconds after the run's start by which it must have ended"),
  ...shared,
  fallback: fallback.optional().describe("what stands in for it when it finally failed"),
  compensation: action.optional().describe("undoes it when its run fails or is cancelled"),
  cache: cache.optional().describe("keeps its result by content and key"),
});

/** The shape of a workflow file; what a shape cannot say is checked in specification.ts. */
export const specificationSchema = closedObject({
  name: name.describe("small letters, digits, - and _"),
  description: z.string().optional().describe("what the workflow is for"),
  inputs: jsonSchemas.default({}).describe("name to JSON Schema; one without default is required"),
  outputs: jsonSchemas.default({}).describe("name to JSON Schema, with the expression as value"),
  triggers: z.array(triggerSchema).max(50).default([]).describe("what starts runs by itself"),
  concurrency: z.number().int().min(1).max(1000).default(4).describe("tasks of one run at the same time"),
  deadline: deadline.optional().describe("seconds that a run may take"),
  share: z
    .number()
    .min(0.001)
    .max(1_000_000)
    .default(1)
    .describe("its part of scarce resources against that of other workflows"),
  defaults: closedObject(shared).default({}).describe("for tasks that do not say it themselves"),
  tasks: z
    .record(name, taskSchema)
    .refine((tasks) => Object.keys(tasks).length > 0, "must hold at least one task")
    .refine((tasks) => Object.keys(tasks).length <= 1000, "must hold at most 1000 tasks")
    .describe("name to task; their order does not matter"),
});

export type Specification = z.infer<typeof specificationSchema>;

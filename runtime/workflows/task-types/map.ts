import { z } from "zod";
import { ApiError } from "../../errors.ts";
import { listAll } from "../../object-store/list-all.ts";
import type { ObjectStore } from "../../object-store/object-store.ts";
import { bodySchema, concurrencySchema } from "../composites/body.ts";
import type { ItemFailure } from "../composites/item-pool.ts";
import { checkItemCount, expandMatrix } from "../composites/matrix.ts";
import { listSchema, readList, storeIfLarge } from "../composites/stored-list.ts";
import { taskFileKey } from "../run.ts";
import { closedObject } from "../schema-parts.ts";
import type { CompositeContext, CompositeTaskType } from "../task-type.ts";
import type { Json } from "../workflow.ts";

const sources = ["over", "matrix", "objects"] as const;
/** Failures that the outputs name. */
const maximumNamedFailures = 100;

const schema = closedObject({
  /** The items. */
  over: listSchema.optional(),
  /** Name to values: the items are all combinations, `{NAME: value}`. */
  matrix: z.record(z.string().min(1), z.array(z.unknown())).optional(),
  /** The bucket's objects of this form, in the order of their keys: the items are `{key, size, etag}`. */
  objects: closedObject({
    prefix: z.string().max(900),
    suffix: z.string().min(1).max(900).optional(),
  }).optional(),
  do: bodySchema,
  concurrency: concurrencySchema,
  /** The part of the items that must succeed, or the task fails. */
  minimumSuccessRatio: z.number().min(0).max(1).default(1),
}).refine(
  (value) => sources.filter((source) => value[source] !== undefined).length === 1,
  `must hold exactly one of ${sources.join(", ")}`,
);

type Parameters = z.infer<typeof schema>;

/**
 * Carries out its body for each item. Outputs: `{results, count, succeeded, failed}`; `results` are the bodies' outputs in
 * order, null where one failed, or `{object, count, bytes}` where they are a large list in the bucket; `failed` names the
 * first hundred, `{index, error}`.
 */
export const map: CompositeTaskType<Parameters> = {
  kind: "composite",
  name: "map",
  schema,
  deferred: { do: ["item", "index"] },
  async execute(parameters, context) {
    const items = await itemsOf(parameters, context);
    const mayFail = items.length - Math.ceil(items.length * parameters.minimumSuccessRatio);
    const { results, failed, left } = await context.forEach(items, { ...parameters, mayFail });
    if (failed.length > mayFail) throw tooManyFailed(items.length, mayFail, failed, left);
    const key = taskFileKey(context.runId, context.task, "results.json");
    return {
      results: await context.record("results", () => storeIfLarge(context.store, key, results)),
      count: items.length,
      succeeded: items.length - failed.length,
      failed: failed.slice(0, maximumNamedFailures) as unknown as Json[],
    };
  },
};

async function itemsOf({ over, matrix, objects }: Parameters, context: CompositeContext): Promise<Json[]> {
  const { store } = context;
  if (matrix !== undefined) return expandMatrix(matrix as Record<string, Json[]>);
  if (objects !== undefined)
    return await context.record("items", () => objectsUnder(store, objects.prefix, objects.suffix ?? ""));
  const list = over ?? [];
  const items = Array.isArray(list)
    ? (list as Json[])
    : await context.record("items", () => readList(store, list));
  checkItemCount(items.length, "the list");
  return items;
}

async function objectsUnder(store: ObjectStore, prefix: string, suffix: string): Promise<Json[]> {
  const items: Json[] = [];
  for await (const { key, size, etag } of listAll(store, prefix)) {
    if (key.endsWith(suffix)) items.push({ key, size, etag });
    checkItemCount(items.length, `prefix "${prefix}"`);
  }
  return items;
}

function tooManyFailed(count: number, mayFail: number, failed: ItemFailure[], left: number): ApiError {
  const first = failed[0];
  const allowed = mayFail === 0 ? "none may" : `${mayFail} may`;
  const rest = left === 0 ? "" : `, ${left} were not started`;
  return new ApiError(
    `${failed.length} of ${count} items failed and ${allowed}${rest}; item ${first?.index}: ${first?.error}`,
    { status: 422, code: "items-failed" },
  );
}

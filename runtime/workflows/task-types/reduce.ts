import { z } from "zod";
import { ApiError } from "../../errors.ts";
import { bodySchema, concurrencySchema } from "../composites/body.ts";
import { type CombinationName, combinationNames, combine } from "../composites/combine.ts";
import { type Group, groupByKey } from "../composites/groups.ts";
import { listSchema, readList, storeIfLarge } from "../composites/stored-list.ts";
import { taskFileKey } from "../run.ts";
import { closedObject } from "../schema-parts.ts";
import type { CompositeContext, CompositeTaskType } from "../task-type.ts";
import type { Json } from "../workflow.ts";

const shape = closedObject({
  /** The items, e.g. a map's `results`; those that are null are left out. */
  of: listSchema,
  /** Expression that gives an item's group: text, a number, true, false or null. Default: all are one group. */
  groupBy: z.string().optional(),
  /** Expression that gives what of an item is combined. Default: the item. */
  value: z.string().optional(),
  combine: z.enum(combinationNames).optional(),
  /** The value where there is nothing to combine. Default: what `combine` makes of nothing, e.g. the sum 0. */
  empty: z.unknown().optional(),
  /** Instead of `combine`: a task for each group, whose `item` is `{key, values}`. */
  do: bodySchema.optional(),
  concurrency: concurrencySchema,
});
const schema = shape
  .refine(
    ({ combine: name, do: body }) => (name === undefined) !== (body === undefined),
    "must hold either combine or do",
  )
  .refine(({ empty, do: body }) => empty === undefined || body === undefined, {
    path: ["empty"],
    message: "is for combine only",
  })
  .refine(({ empty, groupBy }) => empty === undefined || groupBy === undefined, {
    path: ["empty"],
    message: "is for what has no groupBy: of nothing there are no groups",
  });

type Parameters = z.infer<typeof schema>;

/**
 * Makes one value of many. Outputs: `{value, count, skipped}`, or with `groupBy` `{groups, count, skipped}` with
 * `groups` a list of `{key, value, count}`, or `{object, count, bytes}` where it is a large list in the bucket.
 * `count` is the number of items that were combined, `skipped` that of those that are null.
 */
export const reduce: CompositeTaskType<Parameters> = {
  kind: "composite",
  name: "reduce",
  schema,
  deferred: { groupBy: ["item", "index"], value: ["item", "index"], do: ["item", "index"] },
  async execute(parameters, context) {
    const { groups, count, skipped } = await context.record("groups", () => groupsOf(parameters, context));
    const values = await valuesOf(parameters, groups, context);
    if (parameters.groupBy === undefined) return { value: values[0] ?? null, count, skipped };
    const list = groups.map(
      (group, index): Json => ({ key: group.key, value: values[index] ?? null, count: group.count }),
    );
    const key = taskFileKey(context.runId, context.task, "groups.json");
    return {
      groups: await context.record("store", () => storeIfLarge(context.store, key, list)),
      count,
      skipped,
    };
  },
};

type Prepared = Pick<Group, "key"> & {
  count: number;
  /** What a body gets, or what `combine` made of it. */
  value: Json;
};

async function groupsOf(
  { of, groupBy, value, combine: name, empty }: Parameters,
  { store, evaluate }: CompositeContext,
): Promise<{ groups: Prepared[]; count: number; skipped: number }> {
  const all = await readList(store, of);
  const entries = all.flatMap((item, index) => {
    if (item === null) return [];
    const key = groupBy === undefined ? null : evaluate(groupBy, item, index);
    return { key, value: value === undefined ? item : evaluate(value, item, index) };
  });
  const groups = groupByKey(entries);
  const combined = (name: CombinationName, values: Json[]) =>
    values.length === 0 && empty !== undefined ? (empty as Json) : combine(name, values);
  // Without groups nothing is something too: a sum of 0, say.
  if (groupBy === undefined && groups.length === 0) groups.push({ key: null, values: [] });
  return {
    groups: groups.map(({ key, values }) => ({
      key,
      count: values.length,
      value: name === undefined ? values : combined(name, values),
    })),
    count: entries.length,
    skipped: all.length - entries.length,
  };
}

async function valuesOf(
  { do: body, concurrency }: Parameters,
  groups: Prepared[],
  context: CompositeContext,
): Promise<Json[]> {
  if (body === undefined) return groups.map(({ value }) => value);
  const items = groups.map(({ key, value }): Json => ({ key, values: value }));
  const { results, failed } = await context.forEach(items, { do: body, concurrency, mayFail: 0 });
  const [first] = failed;
  if (first === undefined) return results;
  throw new ApiError(`the group ${JSON.stringify(groups[first.index]?.key)} failed: ${first.error}`, {
    status: 422,
    code: "items-failed",
  });
}

import { z } from "zod";
import { closedObject } from "../../workflows/schema-parts.ts";
import { identifier } from "../sql.ts";
import type { DataStep } from "./data-step.ts";

const functions = {
  mean: "avg",
  sum: "sum",
  minimum: "min",
  maximum: "max",
  count: "count",
  deviation: "stddev_samp",
  first: "first_value",
} as const;

const schema = closedObject({
  /** Each group by itself; default: all rows are one. */
  groupBy: z.array(z.string()).default([]),
  orderBy: z.array(z.string()).min(1),
  /** Rows in each window: the row itself and those before it; fewer at the beginning. */
  rows: z.number().int().min(1).max(1_000_000),
  /** New column to what it is of which column. */
  aggregates: z
    .record(
      z.string(),
      closedObject({ of: z.string(), as: z.enum(Object.keys(functions) as [keyof typeof functions]) }),
    )
    .refine((value) => Object.keys(value).length > 0, "must hold a column"),
});

/** Adds rolling aggregates. The rows keep their order. */
export const window: DataStep<z.infer<typeof schema>> = {
  schema,
  check({ groupBy, orderBy, aggregates }, scope, checks) {
    for (const [index, name] of groupBy.entries()) checks.column(`groupBy[${index}]`, name);
    for (const [index, name] of orderBy.entries()) checks.column(`orderBy[${index}]`, name);
    for (const [name, { of, as }] of Object.entries(aggregates)) {
      checks.column(`aggregates.${name}.of`, of, as === "count" || as === "first" ? undefined : ["number"]);
      if (scope.columns.some((column) => column.name === name))
        checks.report(`aggregates.${name}`, `the column "${name}" is there already`);
    }
  },
  apply({ groupBy, orderBy, rows, aggregates }) {
    const partition = groupBy.length === 0 ? "" : `PARTITION BY ${groupBy.map(identifier).join(", ")} `;
    const over = `OVER (${partition}ORDER BY ${orderBy.map(identifier).join(", ")}, rowid ROWS BETWEEN ${rows - 1} PRECEDING AND CURRENT ROW)`;
    const made = Object.entries(aggregates).map(
      ([name, { of, as }]) => `${functions[as]}(${identifier(of)}) ${over} AS ${identifier(name)}`,
    );
    return { query: `SELECT *, ${made.join(", ")} FROM data ORDER BY rowid` };
  },
  creates: ({ aggregates }, column) => Object.hasOwn(aggregates, column),
};

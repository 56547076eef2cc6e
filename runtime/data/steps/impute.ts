import { z } from "zod";
import { ApiError } from "../../errors.ts";
import { closedObject } from "../../workflows/schema-parts.ts";
import { kindOf } from "../column.ts";
import { identifier, literal } from "../sql.ts";
import type { DataStep, StepScope } from "./data-step.ts";

const constant = closedObject({ constant: z.union([z.string(), z.number(), z.boolean()]) });
const schema = z.record(
  z.string(),
  z.union([z.enum(["mean", "median", "mode"]), constant], {
    error: "must be mean, median, mode or {constant: value}",
  }),
);

type Parameters = z.infer<typeof schema>;

/** Fills missing values of each column; learned: column to the value. The mean of integers makes the column DOUBLE. */
export const impute: DataStep<Parameters> = {
  schema,
  check(parameters, _scope, checks) {
    for (const [name, how] of Object.entries(parameters)) {
      const column = checks.column("", name, how === "mean" || how === "median" ? ["number"] : undefined);
      if (column === undefined || typeof how === "string") continue;
      const wanted = {
        number: "number",
        boolean: "boolean",
        text: "string",
        time: "string",
        other: "string",
      }[kindOf(column)];
      if (typeof how.constant !== wanted)
        checks.report(`${name}.constant`, `must be a ${wanted}, as "${name}" is ${column.type}`);
    }
  },
  async apply(parameters, scope) {
    const learned: Record<string, string | number | boolean> = {};
    const replaced: string[] = [];
    for (const [name, how] of Object.entries(parameters)) {
      const value = typeof how === "object" ? how.constant : await learnValue(name, how, scope);
      learned[name] = value;
      const type = scope.columns.find((column) => column.name === name)?.type ?? "VARCHAR";
      const target = how === "mean" || how === "median" ? "DOUBLE" : type;
      const filled = `coalesce(CAST(${identifier(name)} AS ${target}), CAST(${literal(value)} AS ${target}))`;
      replaced.push(`${filled} AS ${identifier(name)}`);
    }
    return { query: `SELECT * REPLACE (${replaced.join(", ")}) FROM data`, learned };
  },
};

async function learnValue(
  name: string,
  how: "mean" | "median" | "mode",
  scope: StepScope,
): Promise<string | number> {
  const column = identifier(name);
  const [row] =
    how === "mode"
      ? // Of equally frequent ones the least, so that a second run gives the same.
        await scope.learn(
          `${column}::VARCHAR AS value`,
          `AND ${column} IS NOT NULL GROUP BY ${column} ORDER BY count(*) DESC, ${column} LIMIT 1`,
        )
      : await scope.learn(`${how === "mean" ? `avg(${column})` : `median(${column})`}::DOUBLE AS value`);
  const value = row?.value ?? null;
  if (value === null)
    throw new ApiError(`column "${name}" has no value at all, so there is no ${how} of it`, {
      status: 422,
      code: "nothing-to-learn",
    });
  return value as string | number;
}

import { z } from "zod";
import { ApiError } from "../../errors.ts";
import { closedObject } from "../../workflows/schema-parts.ts";
import { identifier, literal } from "../sql.ts";
import type { DataStep, StepScope } from "./data-step.ts";

const schema = closedObject({
  columns: z.array(z.string()).min(1),
  /** Column to its values, in their order; default: those that the data has, sorted. */
  values: z.record(z.string(), z.array(z.string()).min(1)).default({}),
  /** More values of one column than this fail the step. */
  maximumValues: z.number().int().min(1).max(1000).default(50),
});

type Parameters = z.infer<typeof schema>;

/**
 * In place of each column a column `COLUMN_VALUE` of 0 and 1 for each of its values; all are 0 where the value is missing
 * or another. Learned: column to its values.
 */
export const oneHot: DataStep<Parameters> = {
  schema,
  check({ columns, values }, scope, checks) {
    for (const [index, name] of columns.entries())
      checks.column(`columns[${index}]`, name, ["text", "boolean", "number"]);
    for (const [name, declared] of Object.entries(values)) {
      if (!columns.includes(name)) checks.report(`values.${name}`, "is none of columns");
      for (const value of declared)
        if (scope.columns.some((column) => column.name === `${name}_${value}`))
          checks.report(`values.${name}`, `the column "${name}_${value}" is there already`);
    }
  },
  async apply(parameters, scope) {
    const learned: Record<string, string[]> = {};
    for (const name of parameters.columns)
      learned[name] = parameters.values[name] ?? (await learnValues(name, parameters.maximumValues, scope));
    const made = Object.entries(learned).flatMap(([name, values]) =>
      values.map(
        (value) =>
          `coalesce(CAST(${identifier(name)}::VARCHAR = ${literal(value)} AS INTEGER), 0) AS ${identifier(`${name}_${value}`)}`,
      ),
    );
    return {
      query: `SELECT * EXCLUDE (${parameters.columns.map(identifier).join(", ")}), ${made.join(", ")} FROM data`,
      learned,
    };
  },
  creates: ({ columns }, column) => columns.some((name) => column.startsWith(`${name}_`)),
};

async function learnValues(name: string, maximum: number, scope: StepScope): Promise<string[]> {
  const column = identifier(name);
  const rows = await scope.learn(
    `DISTINCT ${column}::VARCHAR AS value`,
    `AND ${column} IS NOT NULL ORDER BY value LIMIT ${maximum + 1}`,
  );
  const wrong = (message: string) => new ApiError(message, { status: 422, code: "nothing-to-learn" });
  if (rows.length === 0) throw wrong(`column "${name}" has no value at all to encode`);
  if (rows.length > maximum)
    throw new ApiError(
      `column "${name}" has more than ${maximum} values: raise maximumValues, or filter it`,
      {
        status: 422,
        code: "too-many-values",
      },
    );
  const values = rows.map(({ value }) => String(value));
  for (const value of values)
    if (scope.columns.some((each) => each.name === `${name}_${value}`))
      throw new ApiError(`the column "${name}_${value}" is there already: rename it with select`, {
        status: 422,
        code: "column-taken",
      });
  return values;
}

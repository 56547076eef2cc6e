import { z } from "zod";
import { closedObject } from "../../workflows/schema-parts.ts";
import { kindOf } from "../column.ts";
import { identifier, literal } from "../sql.ts";
import type { DataStep, StepScope } from "./data-step.ts";

const types = {
  integer: "BIGINT",
  number: "DOUBLE",
  text: "VARCHAR",
  boolean: "BOOLEAN",
  date: "DATE",
  time: "TIMESTAMP",
} as const;

const schema = closedObject({
  /** Takes white space off both ends of every text; a text that is empty then is a missing value. */
  trim: z.boolean().default(false),
  /** Column to its type; a value that cannot be read as it becomes a missing value. */
  types: z.record(z.string(), z.enum(Object.keys(types) as [keyof typeof types])).default({}),
  /** Column to what is plausible; what is outside is dropped with its row, moved to the border or made missing. */
  ranges: z
    .record(
      z.string(),
      closedObject({
        minimum: z.number().optional(),
        maximum: z.number().optional(),
        outside: z.enum(["drop", "clip", "missing"]).default("drop"),
      }).refine(
        ({ minimum, maximum }) => (minimum ?? -Infinity) <= (maximum ?? Infinity),
        "minimum must not be above maximum",
      ),
    )
    .default({}),
  /** Rows in which one of these columns has no value are dropped. */
  required: z.array(z.string()).default([]),
  /** Rows that are equal to an earlier one, in these columns or (true) in all, are dropped. */
  duplicates: z.union([z.boolean(), z.array(z.string()).min(1)]).default(false),
});

type Parameters = z.infer<typeof schema>;

/** Fixes or drops what is wrong, in this order: trim, types, ranges, required, duplicates. */
export const clean: DataStep<Parameters> = {
  schema,
  check({ types: wanted, ranges, required, duplicates }, _scope, checks) {
    for (const name of Object.keys(wanted)) checks.column("types", name);
    for (const name of Object.keys(ranges)) {
      const isMade = wanted[name] === "integer" || wanted[name] === "number";
      checks.column("ranges", name, isMade ? undefined : ["number"]);
    }
    for (const [index, name] of required.entries()) checks.column(`required[${index}]`, name);
    if (Array.isArray(duplicates))
      for (const [index, name] of duplicates.entries()) checks.column(`duplicates[${index}]`, name);
  },
  apply(parameters, scope) {
    const { ranges, required, duplicates } = parameters;
    const changed = scope.columns.map(({ name }) => cleaned(name, parameters, scope));
    const conditions = required.map((name) => `${identifier(name)} IS NOT NULL`);
    for (const [name, { minimum, maximum, outside }] of Object.entries(ranges))
      if (outside === "drop")
        conditions.push(`(${identifier(name)} IS NULL OR ${within(name, minimum, maximum)})`);
    const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
    const equal = Array.isArray(duplicates) ? duplicates : scope.columns.map(({ name }) => name);
    const first =
      duplicates === false
        ? ""
        : ` QUALIFY row_number() OVER (PARTITION BY ${equal.map(identifier).join(", ")} ORDER BY __skyloom_row) = 1`;
    return {
      query: `SELECT * EXCLUDE (__skyloom_row) FROM (SELECT ${changed.join(", ")}${scope.hidden}, rowid AS __skyloom_row FROM data)${where}${first} ORDER BY __skyloom_row`,
    };
  },
};

function cleaned(name: string, { trim, types: wanted, ranges }: Parameters, { columns }: StepScope): string {
  const column = columns.find((each) => each.name === name);
  let sql = identifier(name);
  if (trim && column !== undefined && kindOf(column) === "text") sql = `nullif(trim(${sql}, ' \t\r\n'), '')`;
  const type = wanted[name];
  if (type !== undefined) sql = `TRY_CAST(${sql} AS ${types[type]})`;
  const range = ranges[name];
  if (range?.outside === "missing")
    sql = `CASE WHEN ${within(name, range.minimum, range.maximum, sql)} THEN ${sql} END`;
  if (range?.outside === "clip") {
    if (range.minimum !== undefined)
      sql = `CASE WHEN ${sql} < ${literal(range.minimum)} THEN ${literal(range.minimum)} ELSE ${sql} END`;
    if (range.maximum !== undefined)
      sql = `CASE WHEN ${sql} > ${literal(range.maximum)} THEN ${literal(range.maximum)} ELSE ${sql} END`;
  }
  return `${sql} AS ${identifier(name)}`;
}

function within(name: string, minimum?: number, maximum?: number, sql = identifier(name)): string {
  const parts = [
    ...(minimum === undefined ? [] : [`${sql} >= ${literal(minimum)}`]),
    ...(maximum === undefined ? [] : [`${sql} <= ${literal(maximum)}`]),
  ];
  return parts.length === 0 ? "true" : `(${parts.join(" AND ")})`;
}

import { z } from "zod";
import { closedObject } from "../../workflows/schema-parts.ts";
import { type Column, kindOf } from "../column.ts";
import { identifier, list, literal } from "../sql.ts";
import type { DataStep, StepChecks } from "./data-step.ts";

const comparisons = {
  equal: "=",
  notEqual: "<>",
  less: "<",
  atMost: "<=",
  greater: ">",
  atLeast: ">=",
} as const;
const operators = [...Object.keys(comparisons), "oneOf", "noneOf", "matches", "missing", "present"];
const value = z.union([z.string(), z.number(), z.boolean()]);

const condition = closedObject({
  column: z.string(),
  is: z.enum(operators as [string, ...string[]]),
  /** A list for oneOf and noneOf, a regular expression (RE2) for matches, none for missing and present. */
  value: z.union([value, z.array(value).min(1)]).optional(),
});

type Condition = z.infer<typeof condition>;

const schema = closedObject({
  all: z.array(condition).default([]),
  any: z.array(condition).default([]),
}).refine(({ all, any }) => all.length + any.length > 0, "must hold a condition under all or any");

/** Keeps the rows for which all of `all` and, where it has some, one of `any` hold. A missing value compares as false. */
export const filter: DataStep<z.infer<typeof schema>> = {
  schema,
  check(parameters, _scope, checks) {
    for (const group of ["all", "any"] as const)
      for (const [index, each] of parameters[group].entries())
        checkCondition(`${group}[${index}]`, each, checks);
  },
  apply({ all, any }, { columns }) {
    const parts = all.map((each) => sql(each, columns));
    if (any.length > 0) parts.push(`(${any.map((each) => sql(each, columns)).join(" OR ")})`);
    return { query: `SELECT * FROM data WHERE ${parts.join(" AND ")} ORDER BY rowid` };
  },
};

function checkCondition(
  path: string,
  { column: name, is, value: given }: Condition,
  checks: StepChecks,
): void {
  const kinds = is === "matches" ? (["text"] as const) : undefined;
  const column = checks.column(`${path}.column`, name, kinds);
  const wantsNone = is === "missing" || is === "present";
  const wantsList = is === "oneOf" || is === "noneOf";
  if (wantsNone !== (given === undefined))
    checks.report(
      `${path}.value`,
      wantsNone ? `must not stand beside ${is}` : `is missing: what ${is} compares with`,
    );
  else if (!wantsNone && wantsList !== Array.isArray(given))
    checks.report(`${path}.value`, wantsList ? "must be a list" : "must be one value");
  if (column === undefined || given === undefined) return;
  const type = { number: "number", boolean: "boolean", text: "string", time: "string", other: "string" }[
    kindOf(column)
  ];
  if ([given].flat().some((each) => typeof each !== type))
    checks.report(`${path}.value`, `must be a ${type} to compare with "${name}", which is ${column.type}`);
}

function sql({ column: name, is, value: given }: Condition, columns: readonly Column[]): string {
  const column = identifier(name);
  if (is === "missing") return `${column} IS NULL`;
  if (is === "present") return `${column} IS NOT NULL`;
  if (is === "matches") return `regexp_matches(${column}, ${literal(String(given))})`;
  if (Array.isArray(given)) return `${column} ${is === "oneOf" ? "IN" : "NOT IN"} ${list(given)}`;
  const found = columns.find((each) => each.name === name);
  // A time is written as text.
  const compared =
    found && kindOf(found) === "time"
      ? `CAST(${literal(given ?? null)} AS ${found.type})`
      : literal(given ?? null);
  return `${column} ${comparisons[is as keyof typeof comparisons]} ${compared}`;
}

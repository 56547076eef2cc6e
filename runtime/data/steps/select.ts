import { z } from "zod";
import { identifier } from "../sql.ts";
import type { DataStep } from "./data-step.ts";

const schema = z.union([z.array(z.string()).min(1), z.record(z.string(), z.string())], {
  error: "must be a list of columns, or a mapping from new names to columns",
});

type Parameters = z.infer<typeof schema>;

/** Keeps the columns that are named, in this order; `{new: old}` renames. */
export const select: DataStep<Parameters> = {
  schema,
  check(parameters, _scope, checks) {
    for (const [name, column] of pairs(parameters))
      checks.column(Array.isArray(parameters) ? "" : name, column);
    const names = pairs(parameters).map(([name]) => name);
    for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index)))
      checks.report("", `"${name}" stands twice`);
  },
  apply: (parameters, { hidden }) => ({
    query: `SELECT ${pairs(parameters)
      .map(([name, column]) => `${identifier(column)} AS ${identifier(name)}`)
      .join(", ")}${hidden} FROM data`,
  }),
  creates: (parameters, column) => pairs(parameters).some(([name]) => name === column),
};

function pairs(parameters: Parameters): [name: string, column: string][] {
  return Array.isArray(parameters)
    ? parameters.map((column) => [column, column])
    : Object.entries(parameters);
}

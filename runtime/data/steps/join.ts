import { z } from "zod";
import { nearestName } from "../../nearest-name.ts";
import { closedObject } from "../../workflows/schema-parts.ts";
import { type Column, kindOf, unknownColumn } from "../column.ts";
import { identifier } from "../sql.ts";
import type { DataStep } from "./data-step.ts";

const schema = closedObject({
  /** One of the further sources. */
  with: z.string(),
  /** Columns that are equal in both, or column of the data to column of the other. */
  on: z.union([z.array(z.string()).min(1), z.record(z.string(), z.string())]),
  /** left keeps rows without a partner, with missing values. */
  kind: z.enum(["inner", "left"]).default("left"),
  /** Which columns of the other are taken; default: all that are not joined on. */
  columns: z.array(z.string()).min(1).optional(),
});

type Parameters = z.infer<typeof schema>;

/** Adds columns of another source; a row with several partners comes several times. The rows keep their order. */
export const join: DataStep<Parameters> = {
  schema,
  check(parameters, scope, checks) {
    const others = scope.other(parameters.with);
    if (others === undefined) {
      const meant = nearestName(parameters.with, [...scope.otherNames]);
      const known = scope.otherNames.join(", ") || "none";
      checks.report(
        "with",
        `there is no source "${parameters.with}"${meant ? `, did you mean "${meant}"?` : ";"} others are ${known}`,
      );
      return;
    }
    for (const [own, theirs] of pairs(parameters)) {
      const column = checks.column("on", own);
      const partner = others.find(({ name }) => name === theirs);
      if (partner === undefined)
        checks.report("on", `in ${parameters.with} ${unknownColumn(theirs, others)}`);
      else if (column !== undefined && kindOf(column) !== kindOf(partner))
        checks.report(
          "on",
          `"${own}" is ${column.type}, "${theirs}" of ${parameters.with} is ${partner.type}`,
        );
    }
    for (const name of taken(parameters, others)) {
      if (!others.some((other) => other.name === name))
        checks.report("columns", `in ${parameters.with} ${unknownColumn(name, others)}`);
      if (scope.columns.some((column) => column.name === name))
        checks.report("columns", `both have a column "${name}": leave it out here, or rename it with select`);
    }
  },
  apply(parameters, scope) {
    const names = taken(parameters, scope.other(parameters.with) ?? []);
    const made = names.map((name) => `, other.${identifier(name)} AS ${identifier(name)}`).join("");
    const condition = pairs(parameters)
      .map(([own, theirs]) => `data.${identifier(own)} = other.${identifier(theirs)}`)
      .join(" AND ");
    const kind = parameters.kind === "left" ? "LEFT JOIN" : "JOIN";
    return {
      query: `SELECT data.*${made} FROM data ${kind} ${identifier(`source ${parameters.with}`)} AS other ON ${condition} ORDER BY data.rowid, other.rowid`,
    };
  },
  creates: () => true,
};

function pairs({ on }: Parameters): [own: string, theirs: string][] {
  return Array.isArray(on) ? on.map((name) => [name, name]) : Object.entries(on);
}

function taken(parameters: Parameters, others: readonly Column[]): string[] {
  const joined = pairs(parameters).map(([, theirs]) => theirs);
  return parameters.columns ?? others.map(({ name }) => name).filter((name) => !joined.includes(name));
}

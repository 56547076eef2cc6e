import { nearestName } from "../nearest-name.ts";

/** A column of a table, with its type as DuckDB names it: BIGINT, DOUBLE, VARCHAR, BOOLEAN, DATE, TIMESTAMP, … */
export interface Column {
  name: string;
  type: string;
}

export type ColumnKind = "number" | "text" | "boolean" | "time" | "other";

export function kindOf({ type }: Column): ColumnKind {
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$|^(FLOAT|DOUBLE)$|^DECIMAL/.test(type)) return "number";
  if (type === "VARCHAR" || type.startsWith("ENUM") || type === "UUID") return "text";
  if (type === "BOOLEAN") return "boolean";
  return /^(DATE|TIME)/.test(type) ? "time" : "other";
}

/** The message for a column that is not there. */
export function unknownColumn(name: string, columns: readonly Column[]): string {
  const names = columns.map((column) => column.name);
  const meant = nearestName(name, names);
  return `there is no column "${name}"${meant ? `, did you mean "${meant}"?` : ";"} columns are ${names.join(", ")}`;
}

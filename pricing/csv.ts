import { readFileSync } from "node:fs";
import type { z } from "zod";

/**
 * Rows of a table in pricing/data: a header line, then one line per row; lines that begin with # are comments.
 * Fields hold neither commas nor quotes, so that every line splits at its commas.
 * Throws an Error that names file and line when a line has another number of fields or breaks the schema.
 */
export function readTable<Schema extends z.ZodType>(name: string, schema: Schema): z.output<Schema>[] {
  const lines = readFileSync(new URL(`data/${name}`, import.meta.url), "utf8").split("\n");
  const rows: z.output<Schema>[] = [];
  let columns: string[] | undefined;
  for (const [index, line] of lines.entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const fields = line.split(",");
    if (!columns) {
      columns = fields;
      continue;
    }
    rows.push(parseRow(`pricing/data/${name}:${index + 1}`, columns, fields, schema));
  }
  return rows;
}

function parseRow<Schema extends z.ZodType>(
  place: string,
  columns: string[],
  fields: string[],
  schema: Schema,
): z.output<Schema> {
  if (fields.length !== columns.length) {
    throw new Error(`${place}: ${fields.length} fields where the header has ${columns.length}`);
  }
  const parsed = schema.safeParse(
    Object.fromEntries(columns.map((column, index) => [column, fields[index]])),
  );
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`${place}: ${problems.join("; ")}`);
}

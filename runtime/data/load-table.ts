import { ApiError } from "../errors.ts";
import type { Column } from "./column.ts";
import { reader } from "./data-format.ts";
import type { Database } from "./database.ts";
import type { CollectedData } from "./sources/data-source.ts";
import { identifier } from "./sql.ts";

/**
 * Reads collected files as one table.
 * @param missing texts of a CSV file that stand for a missing value
 * @throws ApiError `no-data` (422) where there is nothing, `data-failed` (422) where the files cannot be read
 */
export async function loadTable(
  database: Database,
  table: string,
  { files, format }: Pick<CollectedData, "files" | "format">,
  missing?: readonly string[],
): Promise<Column[]> {
  if (files.length === 0)
    throw new ApiError("the source has no data: no object, row or message", { status: 422, code: "no-data" });
  await database.run(`CREATE TABLE ${identifier(table)} AS SELECT * FROM ${reader(format, files, missing)}`);
  const columns = await database.columns(table);
  const reserved = columns.find(({ name }) => name.toLowerCase().startsWith("__skyloom"));
  if (reserved !== undefined)
    throw new ApiError(`column "${reserved.name}": names that begin with __skyloom are reserved`, {
      status: 422,
      code: "column-reserved",
    });
  return columns;
}

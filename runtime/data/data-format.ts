import { ApiError } from "../errors.ts";
import { list, literal } from "./sql.ts";

export const dataFormats = ["csv", "jsonl", "parquet"] as const;
/** CSV with a header line, JSON objects line by line, or Parquet. */
export type DataFormat = (typeof dataFormats)[number];

const endings: Record<string, DataFormat> = {
  csv: "csv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  parquet: "parquet",
};

/** By how the name ends. @throws ApiError `unknown-format` (422) */
export function formatOf(name: string): DataFormat {
  const found = endings[name.split(".").at(-1)?.toLowerCase() ?? ""];
  if (found !== undefined) return found;
  throw new ApiError(
    `${name}: its ending tells no format; give format: ${dataFormats.join(", ")}, or a name that ends in one of .${Object.keys(endings).join(", .")}`,
    { status: 422, code: "unknown-format" },
  );
}

/** The table function that reads files as one table; a column that is in some of them only is null in the others. */
export function reader(
  format: DataFormat,
  files: readonly string[],
  missing: readonly string[] = [""],
): string {
  const paths = `[${list(files).slice(1, -1)}]`;
  if (format === "parquet") return `read_parquet(${paths}, union_by_name = true)`;
  if (format === "jsonl")
    return `read_json(${paths}, format = 'newline_delimited', union_by_name = true, sample_size = -1)`;
  // All rows decide a column's type: a sample would let row 20,481 fail.
  return `read_csv(${paths}, header = true, union_by_name = true, sample_size = -1, nullstr = [${list(missing).slice(1, -1)}])`;
}

export function writer(query: string, file: string, format: DataFormat): string {
  const options = { csv: "FORMAT csv, HEADER", jsonl: "FORMAT json", parquet: "FORMAT parquet" }[format];
  return `COPY (${query}) TO ${literal(file)} (${options})`;
}

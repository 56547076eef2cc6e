import { type Column, kindOf, unknownColumn } from "../../data/column.ts";
import type { Database } from "../../data/database.ts";
import { identifier } from "../../data/sql.ts";
import { ApiError, invalidInput, type Problem } from "../../errors.ts";

export interface RawExamples {
  rows: number;
  /** [rows, features] in row-major order. */
  inputs: Float64Array;
  /** As they stand in the data: text for classes, numbers for a regression. */
  targets: string[] | Float64Array;
}

export interface ExampleColumns {
  kind: "classification" | "regression";
  features: readonly string[];
  target: string;
}

/** 8 bytes each: 800 MB. */
const maximumValues = 100_000_000;

/** Columns that can be features, where none are named: all numbers but the target. */
export function numberColumns(columns: readonly Column[], target: string): string[] {
  return columns
    .filter((column) => kindOf(column) === "number" && column.name !== target)
    .map(({ name }) => name);
}

/**
 * Reads the table `data`.
 * @throws ApiError `invalid-columns` (400) with every column that is missing or cannot be used, `missing-values` (422),
 * `data-too-large` (422), `no-data` (422)
 */
export async function readExamples(database: Database, wanted: ExampleColumns): Promise<RawExamples> {
  checkColumns(await database.columns("data"), wanted);
  const { kind, features, target } = wanted;
  await refuseMissing(database, [...features, target]);
  const rows = await database.count("data");
  if (rows === 0) throw new ApiError("the data set has no rows", { status: 422, code: "no-data" });
  if (rows * features.length > maximumValues)
    throw new ApiError(`${rows} rows of ${features.length} features are more than ${maximumValues} values`, {
      status: 422,
      code: "data-too-large",
    });
  const inputs = new Float64Array(rows * features.length);
  const classes: string[] = [];
  const values = new Float64Array(kind === "regression" ? rows : 0);
  const selected = features.map((name, index) => `${identifier(name)}::DOUBLE AS f${index}`);
  const read = `${identifier(target)}::${kind === "regression" ? "DOUBLE" : "VARCHAR"} AS target`;
  let row = 0;
  for await (const block of database.blocks(`SELECT ${[...selected, read].join(", ")} FROM data`))
    for (const each of block) {
      for (let index = 0; index < features.length; index += 1)
        inputs[row * features.length + index] = each[`f${index}`] as number;
      if (kind === "regression") values[row] = each.target as number;
      else classes.push(String(each.target));
      row += 1;
    }
  return { rows, inputs, targets: kind === "regression" ? values : classes };
}

function checkColumns(columns: readonly Column[], { kind, features, target }: ExampleColumns): void {
  const problems: Problem[] = [];
  const check = (path: string, name: string, wantsNumber: boolean) => {
    const column = columns.find((each) => each.name === name);
    if (column === undefined) problems.push({ path, message: unknownColumn(name, columns) });
    else if (wantsNumber && kindOf(column) !== "number")
      problems.push({
        path,
        message: `"${name}" is ${column.type}, and must be a number: encode it with oneHot`,
      });
  };
  for (const [index, name] of features.entries()) check(`features[${index}]`, name, true);
  check("target", target, kind === "regression");
  if (features.length === 0)
    problems.push({ path: "features", message: "there is no column of numbers to learn from" });
  if (features.includes(target)) problems.push({ path: "features", message: `hold the target "${target}"` });
  if (problems.length > 0) throw invalidInput("invalid-columns", problems, "columns");
}

async function refuseMissing(database: Database, names: string[]): Promise<void> {
  const counts = names.map((name, index) => `count(*) FILTER (${identifier(name)} IS NULL) AS c${index}`);
  const [row] = await database.rows(`SELECT ${counts.join(", ")} FROM data`);
  const missing = names.filter((_, index) => Number(row?.[`c${index}`]) > 0);
  if (missing.length > 0)
    throw new ApiError(
      `values are missing in ${missing.join(", ")}: impute them, or drop their rows with clean`,
      {
        status: 422,
        code: "missing-values",
      },
    );
}

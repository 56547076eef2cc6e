import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { type Column, kindOf, unknownColumn } from "../data/column.ts";
import type { Database, Row } from "../data/database.ts";
import { loadTable } from "../data/load-table.ts";
import { identifier } from "../data/sql.ts";
import { ApiError, invalidInput, type Problem } from "../errors.ts";
import type { Inference, InferResponse, JsonTensor, TensorMetadata } from "../inference/inference.ts";
import { nearestName } from "../nearest-name.ts";

export interface BatchInferenceOptions {
  inference: Inference;
  model: string;
  version: string | undefined;
  /** Each input of the model to the columns that make it: one element, or one vector, a row. */
  columns: Readonly<Record<string, readonly string[]>>;
  /** Default: all outputs. */
  outputs: readonly string[] | undefined;
  /** Rows of one request. */
  batch: number;
  /** Requests at the same time. */
  concurrency: number;
  signal: AbortSignal;
  /** Rows that are done. */
  onProgress(rows: number): void;
}

/**
 * Asks a model for every row of the table `data` and puts the answers, in the order of the rows, into the table `answers`: an
 * output of one number a row is a column of its name, a vector the columns `NAME_1`, `NAME_2`, …, and an output with labels
 * has the best one in `NAME_label`.
 * @throws ApiError `invalid-columns` (400) with everything that does not fit the model, `missing-values`, `not-a-row-each`
 * (422), and what the inference throws
 */
export async function inferRows(
  database: Database,
  folder: string,
  options: BatchInferenceOptions,
): Promise<void> {
  const { inference, model, version, columns, batch, concurrency } = options;
  const { inputs } = await inference.metadata(model, version);
  checkColumns(await database.columns("data"), inputs, columns);
  const names = [...new Set(Object.values(columns).flat())];
  const query = `SELECT ${names.map(identifier).join(", ")} FROM data`;
  const file = join(folder, "answers.jsonl");
  let done = 0;
  let batches: Row[][] = [];
  const flush = async () => {
    const answers = await Promise.all(batches.map((rows) => inferBatch(rows, inputs, options)));
    await appendFile(file, answers.map((rows) => rows.join("")).join(""));
    done += batches.reduce((sum, rows) => sum + rows.length, 0);
    batches = [];
    options.onProgress(done);
  };
  for await (const block of database.blocks(query))
    for (let start = 0; start < block.length; start += batch) {
      batches.push(block.slice(start, start + batch));
      if (batches.length === concurrency) await flush();
    }
  if (batches.length > 0) await flush();
  await loadTable(database, "answers", { files: done === 0 ? [] : [file], format: "jsonl" });
}

/** A line of JSON for each row. */
async function inferBatch(
  rows: readonly Row[],
  inputs: readonly TensorMetadata[],
  { inference, model, version, columns, outputs, signal }: BatchInferenceOptions,
): Promise<string[]> {
  signal.throwIfAborted();
  const tensors = inputs.map((input) => tensorOf(input, columns[input.name] ?? [], rows));
  const wanted = outputs === undefined ? {} : { outputs: outputs.map((name) => ({ name })) };
  const answer = await inference.infer(model, version, { inputs: tensors, ...wanted }, signal);
  const made = answer.outputs.flatMap((output) => columnsOf(output, rows.length));
  return rows.map(
    (_, row) => `${JSON.stringify(Object.fromEntries(made.map(([name, values]) => [name, values[row]])))}\n`,
  );
}

function tensorOf(input: TensorMetadata, columns: readonly string[], rows: readonly Row[]): JsonTensor {
  const data = rows.flatMap((row) =>
    columns.map((name) => {
      const value = row[name];
      if (value === null || value === undefined)
        throw new ApiError(`values are missing in "${name}": impute them, or drop their rows with clean`, {
          status: 422,
          code: "missing-values",
        });
      // Integers that JSON cannot hold and decimals come as text.
      return typeof value === "string" && input.datatype !== "BYTES" ? Number(value) : value;
    }),
  );
  const shape = input.shape.length === 1 ? [rows.length] : [rows.length, columns.length];
  return { name: input.name, datatype: input.datatype, shape, data };
}

function columnsOf(
  output: InferResponse["outputs"][number],
  rows: number,
): [name: string, values: unknown[]][] {
  const { name, shape, data, parameters } = output;
  const width = data.length / rows;
  if (shape[0] !== rows || !Number.isInteger(width))
    throw new ApiError(
      `output ${name} of shape [${shape.join(", ")}] is not one answer for each of ${rows} rows`,
      {
        status: 422,
        code: "not-a-row-each",
      },
    );
  const labels = parameters?.labels;
  const found: [string, unknown[]][] = Array.from({ length: width }, (_, at) => [
    width === 1 ? name : `${name}_${at + 1}`,
    Array.from({ length: rows }, (_, row) => data[row * width + at]),
  ]);
  if (Array.isArray(labels)) found.push([`${name}_label`, labels]);
  return found;
}

function checkColumns(
  columns: readonly Column[],
  inputs: readonly TensorMetadata[],
  given: Readonly<Record<string, readonly string[]>>,
): void {
  const problems: Problem[] = [];
  const names = inputs.map(({ name }) => name);
  for (const name of names)
    if (!Object.hasOwn(given, name))
      problems.push({ path: `columns.${name}`, message: "is missing: the model has this input" });
  for (const [name, wanted] of Object.entries(given)) {
    const input = inputs.find((each) => each.name === name);
    if (input === undefined) {
      const meant = nearestName(name, names);
      problems.push({
        path: `columns.${name}`,
        message: `the model has no such input${meant ? `, did you mean "${meant}"?` : ";"} it has ${names.join(", ")}`,
      });
    } else problems.push(...inputProblems(input, wanted, columns));
  }
  if (problems.length > 0) throw invalidInput("invalid-columns", problems, "columns");
}

function inputProblems(
  { name, datatype, shape }: TensorMetadata,
  wanted: readonly string[],
  columns: readonly Column[],
): Problem[] {
  const path = `columns.${name}`;
  const width = shape.length === 1 ? 1 : shape[1];
  const problems: Problem[] = [];
  if (shape.length > 2)
    problems.push({ path, message: `has shape [${shape.join(", ")}]: rows of a table are vectors` });
  else if (width !== -1 && width !== wanted.length)
    problems.push({
      path,
      message: `must be ${width} columns, as the model's shape is [${shape.join(", ")}]`,
    });
  const kind = datatype === "BYTES" ? "text" : datatype === "BOOL" ? "boolean" : "number";
  for (const [index, each] of wanted.entries()) {
    const column = columns.find((candidate) => candidate.name === each);
    if (column === undefined)
      problems.push({ path: `${path}[${index}]`, message: unknownColumn(each, columns) });
    else if (kindOf(column) !== kind)
      problems.push({
        path: `${path}[${index}]`,
        message: `"${each}" is ${column.type}, and ${datatype} wants a ${kind}`,
      });
  }
  return problems;
}

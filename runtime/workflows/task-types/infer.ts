import { join } from "node:path";
import { z } from "zod";
import { unknownColumn } from "../../data/column.ts";
import { dataFormats } from "../../data/data-format.ts";
import { dataSetReference, writeDataSet } from "../../data/data-set.ts";
import type { Database } from "../../data/database.ts";
import { dataLimits } from "../../data/limits.ts";
import { withDataSet } from "../../data/open-data-set.ts";
import { identifier } from "../../data/sql.ts";
import { invalidInput } from "../../errors.ts";
import { datatypes } from "../../inference/datatypes.ts";
import type { Datatype, InferResponse, JsonTensor } from "../../inference/inference.ts";
import { inferRows } from "../batch-inference.ts";
import { taskDataPrefix } from "../run.ts";
import { closedObject } from "../schema-parts.ts";
import type { StepTaskType, TaskContext } from "../task-type.ts";
import type { Json } from "../workflow.ts";

const datatypeNames = Object.keys(datatypes) as Datatype[];

const schema = closedObject({
  model: z.string().min(1),
  version: z.union([z.string(), z.number().int()]).optional(),
  /** One request. */
  inputs: z
    .record(
      z.string(),
      closedObject({
        datatype: z.enum(datatypeNames),
        shape: z.array(z.number().int().min(1)),
        data: z.array(z.unknown()),
        parameters: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .optional(),
  /** Names of the outputs wanted; default: all. */
  outputs: z.array(z.string()).optional(),
  /** A data set of the bucket, of which every row is asked. */
  data: dataSetReference.optional(),
  /** With data: each input of the model to its columns; one makes an element of a row, several a vector. */
  columns: z.record(z.string(), z.array(z.string()).min(1)).optional(),
  /** With data: its columns that stand in the result too. Default: all. */
  keep: z.array(z.string()).optional(),
  /** With data: rows of one request, and requests at the same time. */
  batch: z.number().int().min(1).max(65_536).default(256),
  concurrency: z.number().int().min(1).max(64).default(2),
  format: z.enum(dataFormats).default("parquet"),
  limits: dataLimits,
}).superRefine(({ inputs, data, columns, keep }, context) => {
  const report = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  if ((inputs === undefined) === (data === undefined))
    report("inputs", "must stand alone, or data instead of it");
  if (data !== undefined && columns === undefined)
    report("columns", "is missing: each input of the model to the columns that make it");
  if (data === undefined && columns !== undefined) report("columns", "goes with data");
  if (data === undefined && keep !== undefined) report("keep", "goes with data");
});

type Parameters = z.infer<typeof schema>;

/**
 * Asks a model; outputs: `{OUTPUT: {datatype, shape, data, labels?}}`. With `data` it asks for every row of a data set;
 * outputs: `{data}`, a data set below the run with the rows in their order and the answers beside them (batch-inference.ts).
 */
export const infer: StepTaskType<Parameters> = {
  kind: "step",
  name: "infer",
  isolated: (parameters) => (parameters as { data?: unknown } | null)?.data !== undefined,
  schema,
  async execute(parameters, context) {
    return parameters.data === undefined
      ? await inferOnce(parameters, context)
      : await inferDataSet(parameters, parameters.data, context);
  },
};

async function inferOnce(parameters: Parameters, context: TaskContext): Promise<Record<string, Json>> {
  const inputs = Object.entries(parameters.inputs ?? {}).map(([name, tensor]): JsonTensor => {
    const { parameters: tensorParameters, ...rest } = tensor;
    return { name, ...rest, ...(tensorParameters === undefined ? {} : { parameters: tensorParameters }) };
  });
  const response = await context.inference.infer(
    parameters.model,
    versionOf(parameters),
    {
      id: context.key,
      inputs,
      ...(parameters.outputs === undefined ? {} : { outputs: parameters.outputs.map((name) => ({ name })) }),
    },
    context.signal,
  );
  return Object.fromEntries(response.outputs.map((output) => [output.name, tensorOutput(output)]));
}

async function inferDataSet(
  parameters: Parameters,
  { key, format }: NonNullable<Parameters["data"]>,
  context: TaskContext,
): Promise<Record<string, Json>> {
  const { model, columns = {}, keep, outputs, batch, concurrency, limits } = parameters;
  const { store, inference, signal } = context;
  return await withDataSet({ key, format, limits, store, signal }, async (database, folder) => {
    const kept = keep ?? (await database.columns("data")).map(({ name }) => name);
    await checkKept(database, kept);
    await inferRows(database, folder, {
      inference,
      model,
      version: versionOf(parameters),
      columns,
      outputs,
      batch,
      concurrency,
      signal,
      onProgress: (rows) => context.log(`${rows} rows\n`),
    });
    const names = (await database.columns("answers")).map(({ name }) => name);
    const taken = kept.filter((name) => !names.includes(name)).map((name) => `data.${identifier(name)}`);
    const answered = names.map((name) => `answers.${identifier(name)}`);
    const data = await writeDataSet(database, {
      query: `SELECT ${[...taken, ...answered].join(", ")} FROM data POSITIONAL JOIN answers`,
      file: join(folder, `result.${parameters.format}`),
      key: `${taskDataPrefix(context.key)}data.${parameters.format}`,
      format: parameters.format,
      store,
    });
    return { data: data as unknown as Json };
  });
}

async function checkKept(database: Database, kept: readonly string[]): Promise<void> {
  const columns = await database.columns("data");
  const problems = kept
    .map((name, index) => ({ path: `keep[${index}]`, name }))
    .filter(({ name }) => !columns.some((column) => column.name === name))
    .map(({ path, name }) => ({ path, message: unknownColumn(name, columns) }));
  if (problems.length > 0) throw invalidInput("invalid-columns", problems, "columns");
}

function versionOf({ version }: Parameters): string | undefined {
  return version === undefined ? undefined : String(version);
}

function tensorOutput(output: InferResponse["outputs"][number]): Json {
  const labels = output.parameters?.labels as Json | undefined;
  return {
    datatype: output.datatype,
    shape: output.shape,
    data: output.data as Json[],
    ...(labels === undefined ? {} : { labels }),
  };
}

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Column } from "../../data/column.ts";
import { dataFormats } from "../../data/data-format.ts";
import { writeDataSet } from "../../data/data-set.ts";
import { type Database, openDatabase } from "../../data/database.ts";
import { dataLimits } from "../../data/limits.ts";
import { loadTable } from "../../data/load-table.ts";
import { bucketSource, collectFromBucket } from "../../data/sources/bucket.ts";
import type { CollectedData, SourceContext } from "../../data/sources/data-source.ts";
import { collectFromHttp, httpSource } from "../../data/sources/http.ts";
import { collectFromPostgres, postgresSource } from "../../data/sources/postgres.ts";
import { collectFromQueue, queueSource } from "../../data/sources/queue.ts";
import { declaredStep } from "../../data/steps/data-steps.ts";
import { runSteps } from "../../data/steps/run-steps.ts";
import { testMark } from "../../data/steps/split.ts";
import { errorMessage } from "../../errors.ts";
import { httpAuthentication, readAuthentication } from "../http-authentication.ts";
import { hasFixedHost } from "../http-url.ts";
import { maskedError } from "../masked-error.ts";
import { createMasking } from "../masking.ts";
import { taskDataPrefix } from "../run.ts";
import { closedObject, name } from "../schema-parts.ts";
import { readTaskSecrets, secretName } from "../task-secrets.ts";
import type { StepTaskType, TaskContext } from "../task-type.ts";
import type { Json } from "../workflow.ts";

const source = closedObject({
  bucket: bucketSource.optional(),
  http: httpSource.optional(),
  queue: queueSource.optional(),
  postgres: postgresSource.optional(),
}).refine(
  (value) => Object.values(value).filter((each) => each !== undefined).length === 1,
  "must hold one of bucket, http, queue, postgres",
);

const schema = closedObject({
  from: source,
  /** Further sources for joins, by name: from the bucket. */
  others: z.record(name, closedObject({ bucket: bucketSource })).default({}),
  /** How the HTTP source is told who asks. */
  auth: httpAuthentication.optional(),
  /** The secret with the connection string of PostgreSQL. */
  connection: closedObject({ secret: secretName }).optional(),
  /** Texts of CSV files that stand for a missing value. */
  missing: z.array(z.string()).default([""]),
  steps: z.array(declaredStep).max(100).default([]),
  /** Of the result. */
  format: z.enum(dataFormats).default("parquet"),
  limits: dataLimits,
})
  // Looked at also where something else is wrong, or is an expression: a secret must not get past it.
  .refine(({ auth, from }) => auth === undefined || hasFixedHost(String(from?.http?.url ?? "")), {
    path: ["auth"],
    error:
      "needs from.http with a URL whose host is fixed in the file: no expression decides who gets a secret",
    when: () => true,
  })
  .refine(({ connection, from }) => (connection === undefined) === (from?.postgres === undefined), {
    path: ["connection"],
    error: "and from.postgres go together: {secret: NAME}, the secret that holds the connection string",
  });

type Parameters = z.infer<typeof schema>;

/**
 * Collects data, takes it through declared steps and writes the result into the bucket below the run; outputs: `{data, test?,
 * steps}`. `data` and, after a split, `test`: `{key, format, rows, columns, bytes, sha256}`; `steps`: for each what it did,
 * `{step, rowsIn, rowsOut, learned?}`. A manifest is written last, so that there is a whole result or none; with it the task
 * is done, whichever process asks again, and only then messages are deleted from a queue.
 */
export const prepare: StepTaskType<Parameters> = {
  kind: "step",
  name: "prepare",
  isolated: true,
  timeout: 600,
  schema,
  fixed: ["auth", "connection"],
  async execute(parameters, context) {
    const { store, key } = context;
    const prefix = taskDataPrefix(key);
    const done = await store.get(`${prefix}manifest.json`);
    if (done !== undefined) return JSON.parse(Buffer.from(done.body).toString("utf8"));
    const folder = await mkdtemp(join(tmpdir(), "skyloom-data-"));
    try {
      return await prepareIn(folder, prefix, parameters, context);
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  },
};

async function prepareIn(
  folder: string,
  prefix: string,
  parameters: Parameters,
  context: TaskContext,
): Promise<Record<string, Json>> {
  const { limits, signal } = { limits: parameters.limits, signal: context.signal };
  const collected = await collect(await subfolder(folder, "source"), parameters, context);
  let database: Database | undefined;
  try {
    database = await openDatabase({ folder, memoryBytes: limits.memory, threads: limits.threads, signal });
    const columns = await loadTable(database, "data", collected, parameters.missing);
    context.log(
      `${await database.count("data")} rows, columns ${columns.map(({ name }) => name).join(", ")}\n`,
    );
    const others = await loadOthers(database, folder, parameters, context);
    const steps = await runSteps(database, parameters.steps, others, ({ step, rowsIn, rowsOut }) =>
      context.log(`${step}: ${rowsIn} rows in, ${rowsOut} out\n`),
    );
    const outputs = { ...(await write(database, folder, prefix, parameters, context)), steps };
    const manifest = JSON.parse(JSON.stringify(outputs)) as Record<string, Json>;
    await context.store.put(`${prefix}manifest.json`, JSON.stringify(manifest));
    await collected.settle?.();
    return manifest;
  } catch (error) {
    await collected.abandon?.(errorMessage(error));
    throw error;
  } finally {
    database?.close();
  }
}

async function collect(
  folder: string,
  { from, auth, connection, limits }: Parameters,
  context: TaskContext,
): Promise<CollectedData> {
  const sourceContext = sourceContextOf(folder, limits.bytes, context);
  if (from.bucket !== undefined) return await collectFromBucket(from.bucket, sourceContext);
  if (from.queue !== undefined) return await collectFromQueue(from.queue, sourceContext);
  if (from.http !== undefined) {
    const { headers, secrets } = await readAuthentication(auth, context);
    return await collectFromHttp(from.http, sourceContext, headers).catch((error) => {
      throw maskedError(error, createMasking(secrets));
    });
  }
  const { url } = await readTaskSecrets({ url: connection?.secret ?? "" }, context);
  const password = URL.canParse(url) ? decodeURIComponent(new URL(url).password) : "";
  return await collectFromPostgres(from.postgres as never, sourceContext, url).catch((error) => {
    throw maskedError(error, createMasking([url, ...(password === "" ? [] : [password])]));
  });
}

async function loadOthers(
  database: Database,
  folder: string,
  { others, limits, missing }: Parameters,
  context: TaskContext,
): Promise<Record<string, Column[]>> {
  const columns: Record<string, Column[]> = {};
  for (const [other, { bucket }] of Object.entries(others)) {
    const place = await subfolder(folder, `other-${other}`);
    const collected = await collectFromBucket(bucket, sourceContextOf(place, limits.bytes, context));
    columns[other] = await loadTable(database, `source ${other}`, collected, missing);
  }
  return columns;
}

async function write(
  database: Database,
  folder: string,
  prefix: string,
  { format }: Parameters,
  { store }: TaskContext,
) {
  const isSplit = (await database.columns("data")).some(({ name }) => name === testMark);
  const part = (file: string, query: string) =>
    writeDataSet(database, {
      query,
      file: join(folder, `${file}.${format}`),
      key: `${prefix}${file}.${format}`,
      format,
      store,
    });
  if (!isSplit) return { data: await part("data", "SELECT * FROM data") };
  const side = (condition: string) => `SELECT * EXCLUDE (${testMark}) FROM data WHERE ${condition}`;
  return { data: await part("data", side(`NOT ${testMark}`)), test: await part("test", side(testMark)) };
}

function sourceContextOf(folder: string, maximumBytes: number, context: TaskContext): SourceContext {
  const { store, outbound, signal } = context;
  return { folder, maximumBytes, store, outbound, signal };
}

async function subfolder(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  return path;
}

import { join } from "node:path";
import pg from "pg";
import { z } from "zod";
import { ApiError, errorMessage } from "../../errors.ts";
import { closedObject } from "../../workflows/schema-parts.ts";
import type { CollectedData, SourceContext } from "./data-source.ts";
import { byteBudget, writeWithin } from "./write-file.ts";

export const postgresSource = closedObject({
  /** One SELECT; values come by `$1`, `$2`, …, never into its text. */
  query: z.string().min(1),
  parameters: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).default([]),
});

const rowsAtOnce = 1000;
const connectTimeoutMilliseconds = 15_000;

/** Numbers of pg_type whose text is JSON as it is: int2, int4, int8, oid, float4, float8, numeric. */
const numberTypes = new Set([21, 23, 20, 26, 700, 701, 1700]);
const booleanType = 16;
const jsonTypes = new Set([114, 3802]);
const timeWithZoneType = 1184;

/**
 * What a query gives (times with a zone in UTC), row by row through a cursor in a transaction that can only read.
 * @param connectionString `postgres://USER:PASSWORD@HOST/DATABASE[?sslmode=…]`
 * @throws ApiError `invalid-query` (422) with the server's reason, `database-unavailable` (503), `data-too-large` (422)
 */
export async function collectFromPostgres(
  { query, parameters }: z.infer<typeof postgresSource>,
  { folder, maximumBytes, signal }: SourceContext,
  connectionString: string,
): Promise<CollectedData> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: connectTimeoutMilliseconds,
    application_name: "skyloom",
    // Text as the server has it: a number of 64 bits would lose digits.
    types: { getTypeParser: () => (text: string) => text },
  });
  // A connection that breaks is told by the query that was under way.
  client.on("error", () => undefined);
  const stop = () => void client.end().catch(() => undefined);
  signal.addEventListener("abort", stop, { once: true });
  try {
    await client.connect();
    await client.query("SET TIME ZONE 'UTC'");
    await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query({ text: `DECLARE skyloom NO SCROLL CURSOR FOR ${query}`, values: parameters });
    const file = join(folder, "0.jsonl");
    const counted = { rows: 0 };
    await writeWithin(lines(client, counted), file, byteBudget(maximumBytes), signal);
    return { files: counted.rows === 0 ? [] : [file], format: "jsonl" };
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ApiError ? error : databaseProblem(error);
  } finally {
    signal.removeEventListener("abort", stop);
    await client.end().catch(() => undefined);
  }
}

async function* lines(client: pg.Client, counted: { rows: number }): AsyncGenerator<string> {
  for (;;) {
    const result = await client.query({ text: `FETCH ${rowsAtOnce} FROM skyloom`, rowMode: "array" });
    if (result.rows.length === 0) return;
    counted.rows += result.rows.length;
    const names = result.fields.map(({ name }) => JSON.stringify(name));
    yield (result.rows as (string | null)[][])
      .map(
        (row) =>
          `{${row.map((value, i) => `${names[i]}:${json(value, result.fields[i]?.dataTypeID)}`).join(",")}}\n`,
      )
      .join("");
  }
}

function json(value: string | null, type: number | undefined): string {
  if (value === null || type === undefined) return "null";
  // NaN and Infinity have no form in JSON.
  if (numberTypes.has(type)) return /^-?\d/.test(value) ? value : "null";
  if (type === booleanType) return value === "t" ? "true" : "false";
  // The session is in UTC.
  if (type === timeWithZoneType) return JSON.stringify(value.replace(/\+00$/, ""));
  return jsonTypes.has(type) ? value.replaceAll(/[\r\n]/g, " ") : JSON.stringify(value);
}

function databaseProblem(error: unknown): ApiError {
  const { code = "" } = error as { code?: string };
  // Classes of SQLSTATE that another attempt cannot change: features, data, names, syntax, rights, read only.
  const isForGood = /^(0A|22|25|42)/.test(code) && code.length === 5;
  return new ApiError(`PostgreSQL: ${errorMessage(error)}${code === "" ? "" : ` (${code})`}`, {
    status: isForGood ? 422 : 503,
    code: isForGood ? "invalid-query" : "database-unavailable",
    cause: error,
  });
}

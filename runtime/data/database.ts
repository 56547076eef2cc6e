import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Json as DuckDBJson } from "@duckdb/node-api";
import { ApiError, errorMessage } from "../errors.ts";
import type { Column } from "./column.ts";
import { identifier, literal } from "./sql.ts";

export interface DatabaseOptions {
  /** The only place that it reads and writes; what does not fit into memory is spilled there. */
  folder: string;
  memoryBytes: number;
  threads: number;
  /** Aborting ends the statement that runs, which throws the signal's reason. */
  signal: AbortSignal;
}

export type Row = Record<string, DuckDBJson>;

/**
 * Tables in memory, with SQL on them. Nothing outside the folder can be reached: no other file, no network, no extension.
 * @throws ApiError of every method: `data-too-large` (422) where the memory does not suffice, `data-failed` (422) where
 * the data does not allow the statement
 */
export interface Database {
  run(sql: string): Promise<void>;
  /** Integers of 64 bits and decimals come as text. */
  rows(sql: string): Promise<Row[]>;
  columns(table: string): Promise<Column[]>;
  count(table: string): Promise<number>;
  /** Row by row in blocks of some thousands. */
  blocks(sql: string): AsyncIterable<Row[]>;
  close(): void;
}

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { folder, signal } = options;
  const spill = join(folder, "spill");
  await mkdir(spill, { recursive: true });
  // Loaded where it is used: whoever only reads a workflow file does without the native library.
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(options.threads),
    memory_limit: `${Math.ceil(options.memoryBytes / 2 ** 20)}MiB`,
    temp_directory: spill,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  await connection.run(`SET allowed_directories = [${literal(`${folder}/`)}]`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
  const interrupt = () => connection.interrupt();
  signal.addEventListener("abort", interrupt, { once: true });

  async function guarded<Result>(action: () => Promise<Result>): Promise<Result> {
    signal.throwIfAborted();
    try {
      return await action();
    } catch (error) {
      signal.throwIfAborted();
      throw databaseProblem(error);
    }
  }
  const rows = (sql: string) =>
    guarded(async () => (await connection.runAndReadAll(sql)).getRowObjectsJson() as Row[]);

  return {
    run: (sql) => guarded(async () => void (await connection.run(sql))),
    rows,
    async columns(table) {
      const described = await rows(`DESCRIBE ${identifier(table)}`);
      return described.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
    },
    async count(table) {
      const [row] = await rows(`SELECT count(*) AS n FROM ${identifier(table)}`);
      return Number(row?.n);
    },
    async *blocks(sql) {
      const result = await guarded(() => connection.stream(sql));
      const names = result.columnNames();
      for (;;) {
        const chunk = await guarded(() => result.fetchChunk());
        if (chunk === null || chunk.rowCount === 0) return;
        yield chunk
          .getRows()
          .map((values) => Object.fromEntries(names.map((name, i) => [name, plain(values[i])])));
      }
    },
    close() {
      signal.removeEventListener("abort", interrupt);
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A value as JSON has it; what JSON has no form for as DuckDB writes it. */
function plain(value: unknown): DuckDBJson {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value === null || value === undefined) return null;
  if (typeof value === "object") return String(value);
  return value as DuckDBJson;
}

function databaseProblem(error: unknown): ApiError {
  const message = errorMessage(error);
  // What follows is the statement, which the author of a declaration did not write.
  const [first = message] = message.split(/\n\nLINE /);
  if (/^Out of Memory Error/.test(message))
    return new ApiError(`the data does not fit: ${first}; raise limits.memory`, {
      status: 422,
      code: "data-too-large",
      cause: error,
    });
  return new ApiError(first, { status: 422, code: "data-failed", cause: error });
}

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { z } from "zod";
import type { ObjectStore } from "../object-store/object-store.ts";
import type { Column } from "./column.ts";
import { type DataFormat, dataFormats, writer } from "./data-format.ts";
import type { Database } from "./database.ts";

/** What names a table in the bucket: an object that was put there, or what a task gave. */
export const dataSetReference = z.object({ key: z.string(), format: z.enum(dataFormats) });

/** A table in the bucket, as a task gives it to the next one. */
export const dataSetSchema = z.object({
  key: z.string(),
  format: z.enum(dataFormats),
  rows: z.number().int().min(0),
  /** In their order, with the type as DuckDB names it. */
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  bytes: z.number().int().min(0),
  /** Of the object, in hexadecimal digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export interface DataSet {
  key: string;
  format: DataFormat;
  rows: number;
  columns: Column[];
  bytes: number;
  sha256: string;
}

/** Writes what a query gives into the bucket. */
export async function writeDataSet(
  database: Database,
  {
    query,
    file,
    key,
    format,
    store,
  }: { query: string; file: string; key: string; format: DataFormat; store: ObjectStore },
): Promise<DataSet> {
  await database.run(`CREATE VIEW result AS ${query}`);
  const columns = await database.columns("result");
  const rows = await database.count("result");
  await database.run(writer("SELECT * FROM result", file, format));
  await database.run("DROP VIEW result");
  const [{ size }, sha256] = [await stat(file), await digestOf(file)];
  await store.put(key, createReadStream(file));
  return { key, format, rows, columns, bytes: size, sha256 };
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

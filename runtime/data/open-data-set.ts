import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ObjectStore } from "../object-store/object-store.ts";
import type { DataFormat } from "./data-format.ts";
import { type Database, openDatabase } from "./database.ts";
import { loadTable } from "./load-table.ts";
import { collectFromBucket } from "./sources/bucket.ts";

export interface OpenDataSetOptions {
  key: string;
  format: DataFormat;
  limits: { memory: number; threads: number; bytes: number };
  store: ObjectStore;
  signal: AbortSignal;
}

/** Does something with a data set of the bucket as the table `data`, with a folder for what comes of it. */
export async function withDataSet<Result>(
  { key, format, limits, store, signal }: OpenDataSetOptions,
  use: (database: Database, folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "skyloom-data-"));
  let database: Database | undefined;
  try {
    const context = { folder, store, maximumBytes: limits.bytes, signal };
    const collected = await collectFromBucket({ keys: [key], format }, context);
    database = await openDatabase({ folder, memoryBytes: limits.memory, threads: limits.threads, signal });
    await loadTable(database, "data", collected);
    return await use(database, folder);
  } finally {
    database?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

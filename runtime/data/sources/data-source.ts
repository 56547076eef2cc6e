import type { ObjectStore } from "../../object-store/object-store.ts";
import type { Outbound } from "../../outbound/outbound.ts";
import type { DataFormat } from "../data-format.ts";

/** What a source needs to bring its data. */
export interface SourceContext {
  /** An empty folder for the files. */
  folder: string;
  store: ObjectStore;
  outbound: Outbound;
  /** Of all files together; one byte more is ApiError `data-too-large` (422). */
  maximumBytes: number;
  signal: AbortSignal;
}

export interface CollectedData {
  /** Within the folder. None: the source has nothing. */
  files: string[];
  format: DataFormat;
  /** The result is durable: the source need not keep the data any more. */
  settle?(): Promise<void>;
  /** There will be no result. */
  abandon?(reason: string): Promise<void>;
}

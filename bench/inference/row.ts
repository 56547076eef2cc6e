import type { ModelName } from "./models/bench-model.ts";

/** Whoever answers over HTTP; the project's own first. */
export const serverNames = ["skyloom", "mlserver", "litserve", "fastapi"] as const;
export type ServerName = (typeof serverNames)[number];

/** What Skyloom is measured against. */
export const peerNames = ["bare", "mlserver", "litserve", "fastapi"] as const;
export type PeerName = (typeof peerNames)[number];

export const encodings = ["json", "binary"] as const;
export type Encoding = (typeof encodings)[number];

/** One cell of the measurement. The figures are null where the server does not support the encoding, or failed. */
export interface Row {
  server: ServerName | "bare";
  model: ModelName;
  /** Requests under way at the same time; of the bare loop, the largest batch that it may take. */
  concurrency: number;
  /** Of the bare loop always binary: it reads and writes tensors in memory. */
  encoding: Encoding;
  requestsPerSecond: number | null;
  p50Ms: number | null;
  p99Ms: number | null;
  /** Of the server's processes together, under this load. */
  memoryMb: number | null;
}

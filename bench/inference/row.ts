import type { ModelName } from "./models/bench-model.ts";

/** What Skyloom is measured against, where nothing else is asked for. */
export const defaultPeers = ["bare", "mlserver", "litserve", "fastapi"] as const;
export const peerNames = [...defaultPeers, "fastapi-raw"] as const;
export type PeerName = (typeof peerNames)[number];

/** Whoever answers over HTTP. */
export type ServerName = "skyloom" | Exclude<PeerName, "bare">;

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

/** What the load generator is told to do: the same request again and again. */
export interface LoadOrder {
  url: string;
  path: string;
  headers: Record<string, string>;
  body: Uint8Array;
  /** Connections, each with one request under way: the next is sent when the answer is there. */
  concurrency: number;
  /** Not measured; lasts until each connection had an answer, too. */
  warmUpSeconds: number;
  /** Measured; longer where too few answers came, up to ten times as long. */
  seconds: number;
}

export interface LoadFigures {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** With those of the warm-up. */
  allRequests: number;
  /** Of one processor, by the generator itself: near 1 it is the generator that was measured. */
  processorShare: number;
}

export type LoadReply = { figures: LoadFigures } | { error: string; status: number | undefined };

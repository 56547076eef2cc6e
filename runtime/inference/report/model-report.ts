import type { Stage } from "../inference-metrics.ts";
import type { MeasuredSize } from "../scheduling/batch-sizes.ts";

/** Of successful requests, in seconds. */
export interface Latency {
  count: number;
  /** Null: there was no request. */
  mean: number | null;
  /** Estimated from the metrics' buckets: the true value lies in the same bucket, or beyond the last one. */
  p50: number | null;
  p90: number | null;
  p99: number | null;
}

export interface StageLatency extends Latency {
  /** Of the whole time, 0 to 1. */
  share: number;
}

/** A stage, or what lies between them. */
export type BottleneckStage = Stage | "handover";

export interface VersionReport {
  version: string;
  isCurrent: boolean;
  aliases: string[];
  createdAt: string;
  /** Whether it is in memory now. */
  isLoaded: boolean;
  executionProvider: string | null;
  traffic: {
    /** Failed ones included. */
    requests: number;
    failures: number;
    requestsPerSecond: number;
    /** Of successful requests that were not answered from the cache. */
    rows: number;
    /** RFC 3339; null: none since the start. */
    lastInferenceAt: string | null;
  };
  /** Most frequent first. */
  errors: { code: string; count: number }[];
  /** From the request, read, to its answer, ready to be sent. */
  totalSeconds: Latency;
  latencySeconds: Record<Stage, StageLatency>;
  /** What is in no stage, on average: the way to a worker's thread and back, long where processors are busy. */
  handoverSeconds: { mean: number | null; share: number };
  batches: {
    runs: number;
    meanRows: number | null;
    /** By the rows of a run, ascending. */
    sizes: { rows: number; runs: number }[];
    /**
     * The size that runs most rows a second, and what sizes were measured to take for each row; null: nothing yet, no
     * batching, or batching.preferredSizes decide.
     */
    learned: { best: number; measured: MeasuredSize[] } | null;
  };
  /** Null: an ensemble has no queue of its own. */
  queue: { waiting: number; maximumLength: number } | null;
  cache: { isEnabled: boolean; hits: number; misses: number; hitRatio: number | null };
  memory: {
    /** While it is in memory; the part of an ensemble's models is told by theirs. */
    estimatedBytes: number | null;
    fileBytes: number;
  };
  /** What its publisher measured. */
  qualityMetrics: Record<string, number>;
  lineage: Record<string, unknown>;
  /** Where successful requests spend most of their time; null: there was none. */
  bottleneck: { stage: BottleneckStage; share: number } | null;
  /** What to change next, each naming the setting. */
  advice: string[];
}

/** What one route sent to the model, as one of its targets. */
export interface RoutingReport {
  route: string;
  kind: string;
  target: string;
  /** Of the model that the target names; null: its current version. */
  version: string | null;
  /** Whether it gets all requests, by a promotion. */
  isPromoted: boolean;
  /** Requests by why they were sent here: policy, promoted, error, slow. */
  decisions: Record<string, number>;
  /** Of all of the route's requests; null: there was none. */
  share: number | null;
  failures: number;
  /** That clients gave; mean null: none. */
  rewards: { count: number; mean: number | null };
}

/** How a model was used since the process started. */
export interface ModelReport {
  model: string;
  description: string;
  /** What was measured, in this process only. */
  window: { from: string; to: string; seconds: number };
  loads: { successes: number; failures: number };
  /** Newest first: the current one, those with an alias, those that were used, and the latest. */
  versions: VersionReport[];
  /** By route and target; only of routes that name the model. */
  routing: RoutingReport[];
}

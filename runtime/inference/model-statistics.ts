import type { ModelLabels, Stage } from "./inference-metrics.ts";

/** How often something was done, and how long it took in all. */
export interface DurationStatistic {
  count: number;
  /** Nanoseconds. */
  ns: number;
}

/** The three parts of a run: inputs to tensors, the session, outputs to the answer. */
export interface ComputeStatistics {
  compute_input: DurationStatistic;
  compute_infer: DurationStatistic;
  compute_output: DurationStatistic;
}

/** What a version did since the start, in the form of the statistics extension. */
export interface ModelStatistics {
  name: string;
  version: string;
  /** Milliseconds since 1970; 0: never. */
  last_inference: number;
  /** Rows of successful requests that were not answered from the cache. */
  inference_count: number;
  /** Runs of a session. */
  execution_count: number;
  inference_stats: ComputeStatistics & {
    success: DurationStatistic;
    fail: DurationStatistic;
    queue: DurationStatistic;
    cache_hit: DurationStatistic;
    /** The time is that of looking up and keeping results, not of making them. */
    cache_miss: DurationStatistic;
  };
  /** By the batch size of the runs, ascending. */
  batch_stats: ({ batch_size: number } & ComputeStatistics)[];
}

/** Batch sizes that are told apart for each version; runs of further ones are only in the sums. */
const maximumBatchSizes = 256;

export interface StatisticsRecorder {
  /** Makes the version known, with nothing done yet. */
  loaded(labels: ModelLabels): void;
  /** A request of `rows` rows. */
  succeeded(labels: ModelLabels, rows: number, seconds: Record<Stage, number>): void;
  /** A request that was answered from the cache. */
  cacheHit(labels: ModelLabels, seconds: number): void;
  /** A request that was looked up in vain; `succeeded` or `failed` tells what became of it. */
  cacheMissed(labels: ModelLabels, seconds: number): void;
  /** A run of a session over so many rows, of one request or of several. */
  executed(labels: ModelLabels, rows: number, seconds: Partial<Record<Stage, number>>): void;
  failed(labels: ModelLabels, seconds: number): void;
  /** Of all known versions, of a model or of one version; ordered by name and version. */
  read(name?: string, version?: string): ModelStatistics[];
}

/** @param now milliseconds since 1970 */
export function createModelStatistics(now: () => number = Date.now): StatisticsRecorder {
  const records = new Map<string, ModelStatistics>();

  function recordOf({ model, version }: ModelLabels): ModelStatistics {
    const key = `${model}/${version}`;
    const record = records.get(key) ?? emptyStatistics(model, version);
    records.set(key, record);
    return record;
  }

  return {
    loaded: (labels) => void recordOf(labels),
    succeeded(labels, rows, seconds) {
      const record = recordOf(labels);
      const { inference_stats: sums } = record;
      record.last_inference = now();
      record.inference_count += rows;
      add(sums.success, seconds.parse + seconds.queue + seconds.compute + seconds.serialise);
      add(sums.queue, seconds.queue);
      addCompute(sums, seconds);
    },
    cacheHit(labels, seconds) {
      const record = recordOf(labels);
      record.last_inference = now();
      add(record.inference_stats.success, seconds);
      add(record.inference_stats.cache_hit, seconds);
    },
    cacheMissed: (labels, seconds) => add(recordOf(labels).inference_stats.cache_miss, seconds),
    executed(labels, rows, seconds) {
      const record = recordOf(labels);
      record.execution_count += 1;
      const batch = batchOf(record, rows);
      if (batch !== undefined) addCompute(batch, seconds);
    },
    failed(labels, seconds) {
      // A request that found no version is nobody's: names from outside make no record.
      if (labels.model === "") return;
      const record = recordOf(labels);
      record.last_inference = now();
      add(record.inference_stats.fail, seconds);
    },
    read: (name, version) =>
      [...records.values()]
        .filter((record) => name === undefined || record.name === name)
        .filter((record) => version === undefined || record.version === version)
        .sort((a, b) => a.name.localeCompare(b.name) || Number(a.version) - Number(b.version))
        .map((record) => structuredClone(record)),
  };
}

export function emptyStatistics(name: string, version: string): ModelStatistics {
  return {
    name,
    version,
    last_inference: 0,
    inference_count: 0,
    execution_count: 0,
    inference_stats: {
      success: none(),
      fail: none(),
      queue: none(),
      ...emptyCompute(),
      cache_hit: none(),
      cache_miss: none(),
    },
    batch_stats: [],
  };
}

function batchOf({ batch_stats: batches }: ModelStatistics, size: number): ComputeStatistics | undefined {
  const known = batches.find((batch) => batch.batch_size === size);
  if (known !== undefined || batches.length >= maximumBatchSizes) return known;
  const added = { batch_size: size, ...emptyCompute() };
  batches.push(added);
  batches.sort((a, b) => a.batch_size - b.batch_size);
  return added;
}

const none = (): DurationStatistic => ({ count: 0, ns: 0 });

function emptyCompute(): ComputeStatistics {
  return { compute_input: none(), compute_infer: none(), compute_output: none() };
}

function addCompute(
  statistics: ComputeStatistics,
  { parse = 0, compute = 0, serialise = 0 }: Partial<Record<Stage, number>>,
): void {
  add(statistics.compute_input, parse);
  add(statistics.compute_infer, compute);
  add(statistics.compute_output, serialise);
}

function add(statistic: DurationStatistic, seconds: number): void {
  statistic.count += 1;
  statistic.ns += Math.round(seconds * 1e9);
}

import { Counter, Gauge, Registry } from "prom-client";
import { createSeriesHistogram, type Series } from "../monitoring/series-histogram.ts";
import { type HistogramFigures, type HistogramValue, histogramOf } from "./report/histogram.ts";

/** `parse`: check and convert inputs; `queue`: wait for a worker; `compute`; `serialise`: outputs to JSON values. */
export type Stage = "parse" | "queue" | "compute" | "serialise";
const stageNames: Stage[] = ["parse", "queue", "compute", "serialise"];

/** Of one model version. For a request that found none, both are empty: names from outside make no new series. */
export interface ModelLabels {
  model: string;
  version: string;
}

/** Of one version in memory, at the time of asking. */
export interface VersionFigures extends ModelLabels {
  queueLength: number;
  /** Estimated. */
  memoryBytes: number;
}

/** What was measured of one version since the start. */
export interface MeasuredVersion {
  /** Failed ones included. */
  requests: number;
  /** By error code. */
  failures: Record<string, number>;
  stages: Partial<Record<Stage, HistogramFigures>>;
  /** Of whole requests; undefined: none succeeded. */
  total: HistogramFigures | undefined;
  /** Rows of each run; undefined: there was none. */
  batchSizes: HistogramFigures | undefined;
  cache: { hits: number; misses: number };
}

export interface MeasuredModel {
  loads: { successes: number; failures: number };
  /** By version; only those with a request. */
  versions: Map<string, MeasuredVersion>;
}

export interface InferenceMetrics {
  /**
   * @param seconds of the stages that the request went through
   * @param total seconds from the request, read, to its answer, ready to be sent
   */
  succeeded(labels: ModelLabels, seconds: Partial<Record<Stage, number>>, total: number): void;
  failed(labels: ModelLabels, code: string): void;
  /** One run of the graph. */
  executed(labels: ModelLabels, rows: number): void;
  cacheLookedUp(labels: ModelLabels, isHit: boolean): void;
  loaded(model: string, isSuccess: boolean): void;
  workerCrashed(): void;
  read(model: string): Promise<MeasuredModel>;
}

interface VersionSeries {
  labels: ModelLabels;
  requests: number;
  stages: Record<Stage, Series>;
  total: Series;
  batchSizes: Series;
}

/**
 * Without a registry the figures are kept to no one's use.
 * @param versions asked for all versions in memory whenever the metrics are read
 */
export function createInferenceMetrics(
  registry = new Registry(),
  versions: () => VersionFigures[] = () => [],
): InferenceMetrics {
  const registers = [registry];
  const labelNames = ["model", "version"] as const;
  const known = new Map<string, VersionSeries>();
  const requests = new Counter({
    name: "skyloom_inference_requests_total",
    help: "Inference requests, failed ones included",
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { labels, requests: count } of known.values()) if (count > 0) this.inc({ ...labels }, count);
    },
  });
  const failures = new Counter({
    name: "skyloom_inference_failures_total",
    help: "Inference requests that failed, by error code",
    labelNames: [...labelNames, "code"],
    registers,
  });
  const crashes = new Counter({
    name: "skyloom_inference_worker_crashes_total",
    help: "Inference workers that died",
    registers,
  });
  const stages = createSeriesHistogram<keyof ModelLabels | "stage">({
    name: "skyloom_inference_stage_duration_seconds",
    help: "Seconds of the stages of successful requests: parse, queue, compute, serialise",
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  const totals = createSeriesHistogram<keyof ModelLabels>({
    name: "skyloom_inference_request_duration_seconds",
    help: "Seconds of successful requests in all, from the request, read, to its answer, ready to be sent",
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const batchSizes = createSeriesHistogram<keyof ModelLabels>({
    name: "skyloom_inference_batch_size",
    help: "Rows of each run of the graph: the count is Triton's exec_count, the sum its inference count",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  const cacheLookups = new Counter({
    name: "skyloom_inference_cache_lookups_total",
    help: "Requests that were looked up in the response cache, by result: hit or miss",
    labelNames: [...labelNames, "result"],
    registers,
  });
  const loads = new Counter({
    name: "skyloom_inference_model_loads_total",
    help: "Loads of model versions, by result: success or failure",
    labelNames: ["model", "result"],
    registers,
  });
  gauge("skyloom_inference_queue_depth", "Requests that wait for a worker", "queueLength");
  gauge(
    "skyloom_inference_model_memory_bytes",
    "Estimated memory of the versions that are loaded",
    "memoryBytes",
  );

  function gauge(name: string, help: string, figure: "queueLength" | "memoryBytes"): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        // Versions that were unloaded are not told any more.
        this.reset();
        for (const { model, version, ...figures } of versions())
          this.inc({ model, version }, figures[figure]);
      },
    });
  }

  function versionOf(labels: ModelLabels): VersionSeries {
    const key = `${labels.model}/${labels.version}`;
    let version = known.get(key);
    if (version === undefined) {
      version = seriesOf(labels);
      known.set(key, version);
    }
    return version;
  }

  function seriesOf(labels: ModelLabels): VersionSeries {
    const ofStage = (stage: Stage) => stages.series({ ...labels, stage });
    return {
      labels,
      requests: 0,
      stages: {
        parse: ofStage("parse"),
        queue: ofStage("queue"),
        compute: ofStage("compute"),
        serialise: ofStage("serialise"),
      },
      total: totals.series({ ...labels }),
      batchSizes: batchSizes.series({ ...labels }),
    };
  }

  async function read(model: string): Promise<MeasuredModel> {
    const valuesOf = async (metric: { get(): Promise<{ values: HistogramValue[] }> }) =>
      (await metric.get()).values.filter(({ labels }) => labels.model === model);
    const [all, failed, durations, whole, sizes, lookups, loaded] = await Promise.all(
      [requests, failures, stages, totals, batchSizes, cacheLookups, loads].map(valuesOf),
    );
    const loadsOf = (result: string) => loaded?.find(({ labels }) => labels.result === result)?.value ?? 0;
    const measured = new Map<string, MeasuredVersion>();
    for (const { labels, value } of all ?? []) {
      const version = String(labels.version);
      const own = (values: HistogramValue[] = []) =>
        values.filter((candidate) => candidate.labels.version === labels.version);
      const lookup = (result: string) =>
        own(lookups).find((candidate) => candidate.labels.result === result)?.value ?? 0;
      measured.set(version, {
        requests: value,
        failures: Object.fromEntries(
          own(failed).map((failure) => [String(failure.labels.code), failure.value]),
        ),
        stages: Object.fromEntries(
          [...Map.groupBy(own(durations), (duration) => String(duration.labels.stage))].map(
            ([stage, values]) => [stage, histogramOf(values)],
          ),
        ),
        total: own(whole).length === 0 ? undefined : histogramOf(own(whole)),
        batchSizes: own(sizes).length === 0 ? undefined : histogramOf(own(sizes)),
        cache: { hits: lookup("hit"), misses: lookup("miss") },
      });
    }
    return { loads: { successes: loadsOf("success"), failures: loadsOf("failure") }, versions: measured };
  }

  return {
    succeeded(labels, seconds, total) {
      const version = versionOf(labels);
      version.requests += 1;
      for (const stage of stageNames) {
        const value = seconds[stage];
        if (value !== undefined) version.stages[stage].observe(value);
      }
      version.total.observe(total);
    },
    failed(labels, code) {
      versionOf(labels).requests += 1;
      failures.inc({ ...labels, code });
    },
    executed: (labels, rows) => versionOf(labels).batchSizes.observe(rows),
    cacheLookedUp: (labels, isHit) => cacheLookups.inc({ ...labels, result: isHit ? "hit" : "miss" }),
    loaded: (model, isSuccess) => loads.inc({ model, result: isSuccess ? "success" : "failure" }),
    workerCrashed: () => crashes.inc(),
    read,
  };
}

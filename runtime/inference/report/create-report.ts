import { availableParallelism } from "node:os";
import type { MeasuredVersion, Stage } from "../inference-metrics.ts";
import type { LoadedVersion } from "../loaded-version.ts";
import type { ModelManifest } from "../manifest.ts";
import type { ModelStatistics } from "../model-statistics.ts";
import type { BatchSizes } from "../scheduling/batch-sizes.ts";
import { withDefaults } from "../scheduling/settings.ts";
import { adviceFor } from "./advice.ts";
import { type HistogramFigures, quantile } from "./histogram.ts";
import type { BottleneckStage, Latency, StageLatency, VersionReport } from "./model-report.ts";

export const stages: Stage[] = ["parse", "queue", "compute", "serialise"];

export interface VersionSources {
  manifest: ModelManifest;
  isCurrent: boolean;
  aliases: string[];
  /** Undefined: not in memory. */
  loaded: LoadedVersion | undefined;
  /** Requests that wait now. */
  waiting: number;
  /** What was learned of its batches; undefined: nothing. */
  batchSizes: Pick<BatchSizes, "best" | "measured"> | undefined;
  measured: MeasuredVersion | undefined;
  statistics: ModelStatistics | undefined;
  /** What was measured of an ensemble's models. */
  steps: { model: string; measured: MeasuredVersion | undefined }[];
  windowSeconds: number;
  /** Of a version whose manifest does not say. */
  workers: number;
}

/** What is known of one version, with the stage that limits it and what to change. */
export function reportVersion(sources: VersionSources): VersionReport {
  const { manifest, loaded, measured, statistics, windowSeconds } = sources;
  const errors = Object.entries(measured?.failures ?? {})
    .map(([code, count]) => ({ code, count }))
    .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code));
  const requests = measured?.requests ?? 0;
  const latencySeconds = latenciesOf(measured);
  const handoverSeconds = handoverOf(measured);
  const { hits = 0, misses = 0 } = measured?.cache ?? {};
  const runs = measured?.batchSizes;
  const report = {
    version: String(manifest.version),
    isCurrent: sources.isCurrent,
    aliases: sources.aliases,
    createdAt: manifest.createdAt,
    isLoaded: loaded !== undefined,
    executionProvider: loaded?.executionProvider ?? null,
    traffic: {
      requests,
      failures: errors.reduce((sum, { count }) => sum + count, 0),
      requestsPerSecond: windowSeconds > 0 ? requests / windowSeconds : 0,
      rows: statistics?.inference_count ?? 0,
      lastInferenceAt: statistics?.last_inference ? new Date(statistics.last_inference).toISOString() : null,
    },
    errors,
    totalSeconds: latencyOf(measured?.total),
    latencySeconds,
    handoverSeconds,
    batches: {
      runs: runs?.count ?? 0,
      meanRows: runs === undefined || runs.count === 0 ? null : runs.sum / runs.count,
      sizes: (statistics?.batch_stats ?? []).map(({ batch_size, compute_infer }) => ({
        rows: batch_size,
        runs: compute_infer.count,
      })),
      learned: learnedOf(sources.batchSizes),
    },
    queue:
      manifest.steps === undefined
        ? { waiting: sources.waiting, maximumLength: withDefaults(manifest).queue.maximumLength }
        : null,
    cache: {
      isEnabled: manifest.cache !== undefined,
      hits,
      misses,
      hitRatio: hits + misses === 0 ? null : hits / (hits + misses),
    },
    memory: {
      estimatedBytes: loaded?.memoryBytes ?? null,
      fileBytes: manifest.files.reduce((sum, { size }) => sum + size, 0),
    },
    qualityMetrics: manifest.metrics,
    lineage: manifest.lineage,
    bottleneck: bottleneckOf(latencySeconds, handoverSeconds.share),
  };
  const context = {
    manifest,
    workers: sources.workers,
    processors: availableParallelism(),
    steps: sources.steps.map(({ model, measured: part }) => ({ model, meanSeconds: meanSeconds(part) })),
  };
  return { ...report, advice: adviceFor(report, context) };
}

function learnedOf(sizes: VersionSources["batchSizes"]): VersionReport["batches"]["learned"] {
  return sizes?.best === undefined ? null : { best: sizes.best, measured: sizes.measured };
}

function stageSeconds(measured: MeasuredVersion | undefined): number {
  return stages.reduce((sum, stage) => sum + (measured?.stages[stage]?.sum ?? 0), 0);
}

/** Of all successful requests. */
function wholeSeconds(measured: MeasuredVersion | undefined): number {
  return Math.max(stageSeconds(measured), measured?.total?.sum ?? 0);
}

function handoverOf(measured: MeasuredVersion | undefined): VersionReport["handoverSeconds"] {
  const count = measured?.total?.count ?? 0;
  if (count === 0) return { mean: null, share: 0 };
  const whole = wholeSeconds(measured);
  const seconds = whole - stageSeconds(measured);
  return { mean: seconds / count, share: whole > 0 ? seconds / whole : 0 };
}

function latenciesOf(measured: MeasuredVersion | undefined): VersionReport["latencySeconds"] {
  const all = wholeSeconds(measured);
  const of = (stage: Stage): StageLatency => {
    const histogram = measured?.stages[stage];
    return { ...latencyOf(histogram), share: all > 0 ? (histogram?.sum ?? 0) / all : 0 };
  };
  return { parse: of("parse"), queue: of("queue"), compute: of("compute"), serialise: of("serialise") };
}

function latencyOf(histogram: HistogramFigures | undefined): Latency {
  if (histogram === undefined || histogram.count === 0)
    return { count: 0, mean: null, p50: null, p90: null, p99: null };
  const at = (share: number) => quantile(histogram, share) ?? null;
  return {
    count: histogram.count,
    mean: histogram.sum / histogram.count,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
  };
}

function bottleneckOf(
  latencies: VersionReport["latencySeconds"],
  handover: number,
): VersionReport["bottleneck"] {
  if (stages.every((stage) => latencies[stage].count === 0)) return null;
  const shares: Record<BottleneckStage, number> = {
    parse: latencies.parse.share,
    queue: latencies.queue.share,
    compute: latencies.compute.share,
    serialise: latencies.serialise.share,
    handover,
  };
  const [first] = [...stages, "handover" as const].toSorted((a, b) => shares[b] - shares[a]);
  return first === undefined ? null : { stage: first, share: shares[first] };
}

function meanSeconds(measured: MeasuredVersion | undefined): number {
  return (["queue", "compute"] as const).reduce((sum, stage) => {
    const { count, sum: seconds } = measured?.stages[stage] ?? { count: 0, sum: 0 };
    return count === 0 ? sum : sum + seconds / count;
  }, 0);
}

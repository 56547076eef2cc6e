import { ApiError } from "../../errors.ts";
import { inSpan } from "../../tracing/spans.ts";
import type { InferenceMetrics, ModelLabels } from "../inference-metrics.ts";
import { type LoadedVersion, labelsOf } from "../loaded-version.ts";
import type { ModelManifest } from "../manifest.ts";
import type { StatisticsRecorder } from "../model-statistics.ts";
import { batchSize } from "../protocol/decode-request.ts";
import type { RunRequest, RunResult } from "../scheduling/scheduler.ts";
import type { EnsembleParts } from "./ensemble-parts.ts";
import { checkStepInputs, runEnsemble } from "./run-ensemble.ts";
import type { EnsembleStep } from "./steps.ts";

export interface EnsembleRunnerOptions {
  parts: EnsembleParts;
  /** Runs a version, an ensemble as well. */
  run(version: LoadedVersion, request: RunRequest): Promise<RunResult & { isCached?: boolean }>;
  metrics: InferenceMetrics;
  statistics: StatisticsRecorder;
}

/** Runs ensembles, and counts what their models do. */
export function createEnsembleRunner({ parts, run, metrics, statistics }: EnsembleRunnerOptions) {
  /** Counted for the step's model as a request of its own, which has nothing to parse or to serialise. */
  function runStep(step: EnsembleStep, request: RunRequest): Promise<RunResult> {
    const attributes = { "skyloom.model": step.model };
    return inSpan(`step ${step.model}`, { attributes }, () => countedStep(step, request));
  }

  async function countedStep(step: EnsembleStep, request: RunRequest): Promise<RunResult> {
    const started = performance.now();
    let labels: ModelLabels = { model: "", version: "" };
    try {
      return await parts.use(step, async (part) => {
        labels = labelsOf(part);
        checkStepInputs(request.inputs, part.manifest, request.outputs);
        const rows = batchSize(request.inputs, part.manifest);
        const result = await run(part, request);
        const { queueSeconds: queue, computeSeconds: compute, isCached } = result;
        const total = (performance.now() - started) / 1000;
        metrics.succeeded(labels, { queue, compute }, total);
        if (isCached) statistics.cacheHit(labels, total);
        else statistics.succeeded(labels, rows, { parse: 0, queue, compute, serialise: 0 });
        return result;
      });
    } catch (error) {
      metrics.failed(labels, error instanceof ApiError ? error.code : "internal");
      statistics.failed(labels, (performance.now() - started) / 1000);
      throw error;
    }
  }

  return async (manifest: ModelManifest, steps: EnsembleStep[], request: RunRequest): Promise<RunResult> => {
    const rows = batchSize(request.inputs, manifest);
    const result = await runEnsemble({ steps, request, runStep });
    const labels = labelsOf({ manifest });
    metrics.executed(labels, rows);
    statistics.executed(labels, rows, { compute: result.computeSeconds });
    return result;
  };
}

import { Counter, Histogram, Registry } from "prom-client";

/** `parse`: check and convert inputs; `queue`: wait for a worker; `compute`; `serialise`: outputs to JSON values. */
export type Stage = "parse" | "queue" | "compute" | "serialise";

/** Of one model version. For a request that found none, both are empty: names from outside make no new series. */
export interface ModelLabels {
  model: string;
  version: string;
}

export interface InferenceMetrics {
  succeeded(labels: ModelLabels, seconds: Record<Stage, number>): void;
  failed(labels: ModelLabels, code: string): void;
  workerCrashed(): void;
}

/** Without a registry the figures are kept to no one's use. */
export function createInferenceMetrics(registry = new Registry()): InferenceMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: "skyloom_inference_requests_total",
    help: "Inference requests, failed ones included",
    labelNames: ["model", "version"],
    registers,
  });
  const failures = new Counter({
    name: "skyloom_inference_failures_total",
    help: "Inference requests that failed, by error code",
    labelNames: ["model", "version", "code"],
    registers,
  });
  const crashes = new Counter({
    name: "skyloom_inference_worker_crashes_total",
    help: "Inference workers that died",
    registers,
  });
  const stages = new Histogram({
    name: "skyloom_inference_stage_duration_seconds",
    help: "Seconds of the stages of successful requests: parse, queue, compute, serialise",
    labelNames: ["model", "version", "stage"],
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  return {
    succeeded(labels, seconds) {
      requests.inc({ ...labels });
      for (const [stage, value] of Object.entries(seconds)) stages.observe({ ...labels, stage }, value);
    },
    failed(labels, code) {
      requests.inc({ ...labels });
      failures.inc({ ...labels, code });
    },
    workerCrashed: () => crashes.inc(),
  };
}

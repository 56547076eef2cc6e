import type { ModelManifest } from "../manifest.ts";
import { withDefaults } from "../scheduling/settings.ts";
import type { VersionReport } from "./model-report.ts";

type Measured = Omit<VersionReport, "advice">;

export interface AdviceContext {
  manifest: ModelManifest;
  /** Of a version whose manifest does not say. */
  workers: number;
  /** Of this machine. */
  processors: number;
  /** Of an ensemble: mean seconds of queue and compute of a request to each of its models. */
  steps: { model: string; meanSeconds: number }[];
}

/** A stage limits a model where it takes at least so much of the time. */
const limitingShare = 0.3;
/** A way to a thread and back takes no longer where a processor is free. */
const shortHandoverSeconds = 0.001;
/** Fewer lookups do not tell how useful a cache is. */
const minimumLookups = 100;

/** What to change next. */
export function adviceFor(report: Measured, context: AdviceContext): string[] {
  const advice = [
    ...bottleneckAdvice(report, context),
    ...errorAdvice(report, context),
    ...cacheAdvice(report),
  ];
  if (report.bottleneck === null && advice.length === 0)
    return ["Nothing was measured yet: no request of this version has succeeded since the process started."];
  return advice;
}

function bottleneckAdvice(report: Measured, context: AdviceContext): string[] {
  const { bottleneck } = report;
  if (bottleneck === null || bottleneck.share < limitingShare) return [];
  const share = `${Math.round(bottleneck.share * 100)} % of the time`;
  switch (bottleneck.stage) {
    case "parse":
      return [
        `Reading requests takes ${share}: let callers send binary tensors (binary_data_size and the header Inference-Header-Content-Length) instead of JSON.`,
      ];
    case "serialise":
      return [
        `Writing answers takes ${share}: let callers set the parameter binary_data_output to true, name only the outputs that they need, or ask for the best classes only (parameter classification, or top-k in the manifest's postprocessing).`,
      ];
    case "queue":
      return [queueAdvice(report, context, share)];
    case "compute":
      return [computeAdvice(report, context, share)];
    case "handover":
      return [handoverAdvice(report, context, share)];
  }
}

function handoverAdvice({ handoverSeconds }: Measured, { processors }: AdviceContext, share: string): string {
  const seconds = handoverSeconds.mean ?? 0;
  const way = `On the way to a worker's thread and back requests spend ${share}, ${(seconds * 1000).toFixed(2)} ms each`;
  if (seconds < shortHandoverSeconds)
    return `${way}, and little in the model: let callers put several rows into one request.`;
  return `${way}: the processors (${processors}) are busy. Give the process more of them, run more replicas, or lower workers in the manifests of models that are seldom asked.`;
}

function queueAdvice(report: Measured, context: AdviceContext, share: string): string {
  const { manifest } = context;
  if (manifest.steps !== undefined)
    return stepAdvice(context, `Waiting in its models' queues takes ${share}`);
  const { batching } = withDefaults(manifest);
  const waiting = `Waiting for a worker takes ${share}`;
  const meanRows = report.batches.meanRows ?? 1;
  const meanWait = report.latencySeconds.queue.mean ?? 0;
  if (batching === undefined && isBatchable(manifest))
    return `${waiting}, and each request is a run of its own: set batching in the manifest, e.g. {"maximumSize": 32}, where the graph treats its rows one by one.`;
  if (
    batching !== undefined &&
    batching.maximumDelaySeconds > 0 &&
    meanWait <= 1.5 * batching.maximumDelaySeconds
  )
    return `${waiting}, no longer than batching.maximumDelaySeconds (${batching.maximumDelaySeconds}) lets requests wait for others: lower it.`;
  if (batching !== undefined && meanRows >= 0.8 * batching.maximumSize)
    return `${waiting}, and batches are full (${meanRows.toFixed(1)} rows on average): raise batching.maximumSize above ${batching.maximumSize}.`;
  const workers = manifest.workers ?? context.workers;
  if (workers < context.processors)
    return `${waiting}: raise workers in the manifest from ${workers} to ${workers + 1} (this machine has ${context.processors} processors), or run more replicas.`;
  return `${waiting}, and there are as many workers as processors: run more replicas, or the model on a GPU (SKYLOOM_EXECUTION_PROVIDERS=cuda,cpu).`;
}

function computeAdvice({ executionProvider }: Measured, context: AdviceContext, share: string): string {
  const { manifest } = context;
  if (manifest.steps !== undefined) return stepAdvice(context, `Its models take ${share}`);
  const workers = manifest.workers ?? context.workers;
  const running = `The graph itself takes ${share}`;
  if (executionProvider !== null && executionProvider !== "cpu")
    return `${running} on ${executionProvider}: a smaller or quantised graph makes it faster, requests do not wait.`;
  const threads =
    workers > 1
      ? ` For shorter single requests lower workers (${workers}) in the manifest: each run then has more of the ${context.processors} processors.`
      : "";
  return `${running}, and requests do not wait: make the graph smaller (fewer layers, quantised weights), or run it on a GPU (SKYLOOM_EXECUTION_PROVIDERS=cuda,cpu); where the same is asked again and again, set cache in the manifest.${threads}`;
}

function stepAdvice({ steps }: AdviceContext, beginning: string): string {
  const slowest = steps.toSorted((a, b) => b.meanSeconds - a.meanSeconds)[0];
  if (slowest === undefined) return `${beginning}: see the reports of its models.`;
  return `${beginning}: ${slowest.model} is the slowest of them with ${(slowest.meanSeconds * 1000).toFixed(2)} ms on average; its report at /v1/models/${slowest.model}/report tells the setting to change.`;
}

function errorAdvice({ errors, traffic }: Measured, { manifest, workers }: AdviceContext): string[] {
  const { queue } = withDefaults(manifest);
  const known: Record<string, string> = {
    overloaded: `raise queue.maximumLength in the manifest (${queue.maximumLength}) where callers can wait, or workers (${manifest.workers ?? workers})`,
    "queue-timeout": `raise queue.timeoutSeconds in the manifest (${queue.timeoutSeconds ?? "none"}) or workers (${manifest.workers ?? workers})`,
    "request-timeout": "the callers' parameter timeout is shorter than the model needs: raise it, or workers",
    "model-memory-exceeded": "raise SKYLOOM_MODEL_MEMORY_BYTES or unload other models",
    "worker-crashed":
      "a worker died, most often of too little memory: give the process more, or lower workers",
    "inference-failed": "the graph fails on these inputs: the log and the answers tell the reason",
    "output-too-large": "let callers send fewer rows with one request",
    "invalid-request": "callers send what the model does not take: the answers' problems name each place",
    "invalid-json": "callers send what is no JSON",
  };
  return errors.flatMap(({ code, count }) => {
    const what = known[code];
    const part = count / traffic.requests;
    const percent = part < 0.01 ? "less than 1 %" : `${Math.round(part * 100)} %`;
    const requests = count === 1 ? "1 request" : `${count} requests`;
    return what === undefined ? [] : [`${requests} (${percent}) failed with ${code}: ${what}.`];
  });
}

function cacheAdvice({ cache }: Measured): string[] {
  const lookups = cache.hits + cache.misses;
  if (cache.hitRatio === null || lookups < minimumLookups || cache.hitRatio >= 0.05) return [];
  return [
    `The cache answers ${(cache.hitRatio * 100).toFixed(1)} % of requests: take cache out of the manifest, it costs time and memory.`,
  ];
}

function isBatchable({ inputs, outputs }: ModelManifest): boolean {
  return [...inputs, ...outputs].every(({ shape }) => shape[0] === -1);
}

import type { ModelLabels } from "../inference/inference-metrics.ts";
import type { RunResult } from "../inference/scheduling/scheduler.ts";
import { recordSpan } from "./spans.ts";

/** Spans of a run: `queue` until a worker took it, `batch` while it had it, and in that `compute`, the session itself. */
export function recordRun(
  { model, version }: ModelLabels,
  { queueSeconds, computeSeconds, run }: Pick<RunResult, "queueSeconds" | "computeSeconds" | "run">,
): void {
  if (run === undefined) return;
  const attributes = { "skyloom.model": model, "skyloom.model.version": version };
  const { takenAt, answeredAt, computedAt, requests } = run;
  recordSpan("queue", [takenAt - queueSeconds * 1000, takenAt], attributes);
  const of = { ...attributes, "skyloom.batch.requests": requests };
  const batch = recordSpan("batch", [takenAt, answeredAt], of);
  if (computedAt === undefined) return;
  // Each thread's clock has its own beginning, and so a rounding of its own.
  const from = Math.max(takenAt, computedAt);
  recordSpan("compute", [from, Math.min(answeredAt, from + computeSeconds * 1000)], attributes, batch);
}

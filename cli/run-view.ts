import type { Run, TaskRun } from "../runtime/workflows/run.ts";
import { duration, styled } from "./output.ts";
import { questionOf } from "./question.ts";

export type { Run, TaskRun };

const MARKS: Record<TaskRun["state"], [mark: string, style: Parameters<typeof styled>[0]]> = {
  pending: ["·", "gray"],
  waiting: ["?", "yellow"],
  running: ["▶", "cyan"],
  succeeded: ["✓", "green"],
  failed: ["✗", "red"],
  cancelled: ["■", "yellow"],
  skipped: ["–", "gray"],
};

export function runSummary(run: Run): string {
  const [mark, style] = MARKS[run.state];
  const error = run.error ? `: ${run.error}` : "";
  return `${styled(style, mark)} ${run.workflow} ${run.id} ${run.state}${error}`;
}

/** One line of a task: state, name, type, seconds, what came out of it. */
export function taskLine(task: TaskRun): string {
  const [mark, style] = MARKS[task.state];
  const seconds =
    task.startedAt && task.finishedAt && task.state !== "skipped"
      ? duration((Date.parse(task.finishedAt) - Date.parse(task.startedAt)) / 1000)
      : "";
  const attempts = task.attempts > 1 ? ` (attempt ${task.attempts})` : "";
  const result = task.error?.split("\n", 1)[0] ?? detailOf(task);
  const columns = `${task.name.padEnd(22)} ${task.uses.padEnd(8)} ${task.state.padEnd(9)} ${seconds.padStart(9)}`;
  return `  ${styled(style, mark)} ${columns}${attempts}  ${styled("gray", result)}`;
}

function detailOf(task: TaskRun): string {
  if (task.state === "succeeded") return brief(task.outputs);
  if (task.state === "running") return itemsOf(task);
  const asked = task.state === "waiting" ? questionOf(task) : undefined;
  return asked === undefined ? "" : `${asked.question} (${asked.options.join(", ")})`;
}

/** How far a task of many items has come. */
function itemsOf({ items }: TaskRun): string {
  if (items === undefined) return "";
  const { count, succeeded, failed } = items;
  return `${succeeded + failed} of ${count} items${failed > 0 ? `, ${failed} failed` : ""}`;
}

const LONGEST_RESULT = 100;

/** Outputs as one short line; tensors by their labels or values. */
function brief(outputs: unknown): string {
  const text = Object.entries((outputs ?? {}) as Record<string, unknown>)
    .map(([name, value]) => `${name}=${briefValue(value)}`)
    .join(" ");
  return text.length > LONGEST_RESULT ? `${text.slice(0, LONGEST_RESULT - 1)}…` : text;
}

function briefValue(value: unknown): string {
  const { labels, data } = (value ?? {}) as { labels?: unknown[]; data?: unknown[] };
  if (Array.isArray(labels)) return labels.join(",");
  if (Array.isArray(data))
    return data
      .slice(0, 4)
      .map((one) => (typeof one === "number" ? one.toFixed(4) : one))
      .join(",");
  return typeof value === "string" ? (value.split("\n", 1)[0] ?? "") : JSON.stringify(value);
}

import { isPreconditionFailed } from "../../object-store/object-key.ts";
import type { ObjectStore } from "../../object-store/object-store.ts";
import type { DurationDescription } from "../../planning/problem.ts";
import type { Run, TaskRun } from "../run.ts";
import type { Workflow } from "../workflow.ts";

/** What one run told about a task. */
export interface TaskSample {
  run: string;
  /** From start to end, all attempts and pauses between them. */
  seconds: number;
  /** Its peak. */
  memoryBytes?: number;
  /** Cores it used on average. */
  cores?: number;
  /** Keys of the bucket that it read and wrote, the run's id in them as `{run}`. */
  read?: string[];
  written?: string[];
}

/** Task → samples of the latest runs, the latest last. */
export type Estimates = Record<string, TaskSample[]>;

/** Samples that are kept of each task. */
const maximumSamples = 30;
/** How many samples a duration that the file declares is worth. */
const priorSamples = 3;
/** Others may be writing at the same time. */
const maximumWrites = 20;

const keyOf = (workflow: string) => `estimates/${workflow}.json`;

export async function readEstimates(store: ObjectStore, workflow: string): Promise<Estimates> {
  const object = await store.get(keyOf(workflow));
  return object === undefined ? {} : (JSON.parse(Buffer.from(object.body).toString("utf8")) as Estimates);
}

/** Adds what runs of a workflow tell, by one conditional write; the same run, told again, counts once. */
export async function learnFrom(store: ObjectStore, workflow: string, runs: readonly Run[]): Promise<void> {
  for (let write = 0; write < maximumWrites; write++) {
    const object = await store.get(keyOf(workflow));
    const before: Estimates =
      object === undefined ? {} : (JSON.parse(Buffer.from(object.body).toString("utf8")) as Estimates);
    const after = runs.reduce((estimates, run) => withRun(estimates, run) ?? estimates, before);
    if (after === before) return;
    try {
      const condition = object === undefined ? { ifNoneMatch: "*" as const } : { ifMatch: object.etag };
      await store.put(keyOf(workflow), JSON.stringify(after), condition);
      return;
    } catch (error) {
      if (!isPreconditionFailed(error)) throw error;
    }
  }
}

/** Undefined where the run tells nothing new. */
export function withRun(estimates: Estimates, run: Run): Estimates | undefined {
  const next = { ...estimates };
  let isNew = false;
  for (const task of run.tasks) {
    const sample = sampleOf(run.id, task);
    const known = next[task.name] ?? [];
    if (sample === undefined || known.some((other) => other.run === run.id)) continue;
    next[task.name] = [...known, sample].slice(-maximumSamples);
    isNew = true;
  }
  return isNew ? next : undefined;
}

/** Only of what succeeded by itself: a failure says nothing about how long the work takes. */
function sampleOf(
  run: string,
  { state, startedAt, finishedAt, usage, touched, fallback }: TaskRun,
): TaskSample | undefined {
  if (state !== "succeeded" || startedAt === null || finishedAt === null || fallback !== undefined)
    return undefined;
  const seconds = Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return {
    run,
    seconds,
    ...(usage?.peakMemoryBytes !== undefined && { memoryBytes: usage.peakMemoryBytes }),
    ...(usage?.cpuSeconds !== undefined && seconds > 0 && { cores: usage.cpuSeconds / seconds }),
    ...(touched !== undefined && {
      read: touched.read.map((key) => key.replaceAll(run, "{run}")),
      written: touched.written.map((key) => key.replaceAll(run, "{run}")),
    }),
  };
}

/**
 * How long the tasks of a workflow are expected to take: the mean and two quantiles of their samples, in which a declared
 * duration stands for three, so that little history changes little. Tasks without both are not there.
 */
export function learnedDurations(workflow: Workflow, estimates: Estimates): Map<string, DurationDescription> {
  const durations = new Map<string, DurationDescription>();
  for (const [name, { duration }] of Object.entries(workflow.tasks)) {
    const prior = duration === undefined ? [] : Array.from({ length: priorSamples }, () => duration);
    const measured = (estimates[name] ?? []).map(({ seconds }) => seconds);
    if (measured.length === 0) continue;
    const all = [...prior, ...measured].sort((left, right) => left - right);
    const expected = all.reduce((sum, each) => sum + each, 0) / all.length;
    durations.set(name, {
      expected: milliseconds(expected),
      p50: quantile(all, 0.5),
      p90: quantile(all, 0.9),
    });
  }
  return durations;
}

/** The smallest value that is no less than this part of all. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}

/** Finer times would only make a plan larger. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

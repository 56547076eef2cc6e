import { createHash, randomBytes } from "node:crypto";
import type { Grant } from "./admission/amounts.ts";
import type { TouchedKeys } from "./touched-keys.ts";
import type { Json, Schedule } from "./workflow.ts";

export type RunState = "pending" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";
export type TaskState = RunState | "skipped";

export const runStates: readonly RunState[] = [
  "pending",
  "running",
  "waiting",
  "succeeded",
  "failed",
  "cancelled",
];

/** What a task used, over all its attempts; what was not measured is absent. */
export interface Usage {
  cpuSeconds?: number;
  peakMemoryBytes?: number;
  gpuSeconds?: number;
}

/** How far a task of many items has come; those that are neither are under way or have not begun. */
export interface ItemCounts {
  count: number;
  succeeded: number;
  failed: number;
}

/** One task of a run. Times are RFC 3339 in UTC. */
export interface TaskRun {
  name: string;
  uses: string;
  state: TaskState;
  /** Attempts started; 0 for a task that waits for a person. */
  attempts: number;
  startedAt: string | null;
  finishedAt: string | null;
  /** The evaluated `with`; null until the task starts. */
  inputs: Json;
  outputs: Json;
  /** Why its last attempt failed. */
  error: string | null;
  usage?: Usage;
  /** Of a map, and of a reduce with a body for each group, from its first item on. */
  items?: ItemCounts;
  /** Keys of the bucket that its last attempt read and wrote; absent: none. */
  touched?: TouchedKeys;
  /** Of its `resources`; null while it waits in line for them, absent where it needs none. */
  granted?: Grant | null;
  /** The run that it started as its sub-workflow. */
  run?: string;
  /** Which execution of that run; absent: the first. */
  runExecution?: number;
  /** Its fallback stood in for it, or tried to, since it had failed with this error. */
  fallback?: { error: string };
  /** How it was undone. */
  compensation?: TaskCompensation;
  /** How often it was undone in earlier executions of its run; absent: never. */
  undone?: number;
  /** The run's changes are numbered from 1: that of its latest one; absent: none yet. */
  sequence?: number;
}

/** A task of another run. */
export interface ParentTask {
  run: string;
  task: string;
}

export interface TaskCompensation {
  state: "running" | "succeeded" | "failed";
  attempts: number;
  startedAt: string;
  finishedAt: string | null;
  error: string | null;
}

export interface Run {
  id: string;
  workflow: string;
  version: number;
  state: RunState;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  /** The task that started it as its sub-workflow. */
  parent?: ParentTask;
  inputs: Record<string, Json>;
  outputs: Record<string, Json> | null;
  /** Names the task that failed, where it was one. */
  error: string | null;
  /** No task begins until the run is resumed. */
  paused?: true;
  /** Seconds that each step is held; absent: 0. */
  pace?: number;
  /** How many runs, one starting the next, led to it; absent: none. */
  depth?: number;
  /** How often it was begun: more than once where it was retried; absent: once. */
  execution?: number;
  /** In topological order. */
  tasks: TaskRun[];
}

export function isFinal(state: TaskState): boolean {
  return state === "succeeded" || state === "failed" || state === "cancelled" || state === "skipped";
}

/**
 * The idempotency key of `TASK` or `TASK/…`: the same in every attempt.
 * @param undone how often the task was undone in earlier executions of its run: under the key of then its effect has been
 */
export function idempotencyKey(runId: string, name: string, undone = 0): string {
  if (undone === 0) return `${runId}/${name}`;
  const [task = ""] = name.split("/", 1);
  return `${runId}/${task}~${undone}${name.slice(task.length)}`;
}

export function documentKey(runId: string): string {
  return `runs/${runId}.json`;
}

export function reportKey(runId: string): string {
  return `runs/${runId}/report.md`;
}

/** Below it is all of a run but its document. */
export function runFilesPrefix(runId: string): string {
  return `runs/${runId}/`;
}

/** Below it are the logs of a run's tasks. */
export function runLogPrefix(runId: string): string {
  return `runs/${runId}/logs/`;
}

/** Below it are the segments of a task's log, in the order of their keys. @param name the task, or `TASK/ITEM` */
export function taskLogPrefix(runId: string, name: string): string {
  return `${runLogPrefix(runId)}${name}/`;
}

/** A file that a task keeps in the bucket. */
export function taskFileKey(runId: string, task: string, file: string): string {
  return `runs/${runId}/tasks/${task}/${file}`;
}

/**
 * The id of a run that nothing else names: 12 hexadecimal digits of the time, then 12 random ones.
 * @param createdAt milliseconds since 1970
 */
export function newRunId(createdAt: number): string {
  return `run-${createdAt.toString(16).padStart(12, "0")}${randomBytes(6).toString("hex")}`;
}

/** When a run was created, in milliseconds since 1970, where its id is one of `newRunId`. */
export function creationTimeOf(runId: string): number | undefined {
  const time = /^run-([0-9a-f]{12})[0-9a-f]{12}$/.exec(runId)?.[1];
  return time === undefined ? undefined : Number.parseInt(time, 16);
}

/**
 * The id of the run that a message starts: the same message, delivered again, gives the same run.
 * @param workflow only where several workflows are triggered by the type
 */
export function runIdForMessage(type: string, messageId: string, workflow?: string): string {
  return runIdOf([type, messageId, ...(workflow ? [workflow] : [])]);
}

/** The id of the run that a task starts as its sub-workflow. */
export function runIdForTask(runId: string, task: string): string {
  return runIdOf(["task", runId, task]);
}

/** The id of the run that a schedule starts for a time that it is due at, RFC 3339. */
export function runIdForTick(workflow: string, { cron, timeZone, inputs }: Schedule, due: string): string {
  return runIdOf(["schedule", workflow, cron, timeZone, JSON.stringify(inputs), due]);
}

/** The id of the run that a version of an object in the bucket starts. */
export function runIdForObject(workflow: string, key: string, etag: string): string {
  return runIdOf(["object", workflow, key, etag]);
}

/** The id of the run that another run's end starts. @param endedRun its id, with its execution */
export function runIdForEnd(workflow: string, endedRun: string): string {
  return runIdOf(["end", workflow, endedRun]);
}

function runIdOf(parts: string[]): string {
  return `run-${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 20)}`;
}

/**
 * Below it a task keeps data of its own.
 * @param key the one of its context, `RUN/…`: each item of a task, its fallback and each repetition has another
 */
export function taskDataPrefix(key: string): string {
  const [runId = "", ...rest] = key.split("/");
  return `runs/${runId}/data/${rest.join("/")}/`;
}

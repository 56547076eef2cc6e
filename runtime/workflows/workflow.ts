import type { Resources } from "./resources.ts";

/** A JSON value; everything a run carries between tasks is one. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type JsonSchema = Record<string, unknown>;

/** When a failed attempt of a task is tried again. Intervals are seconds. */
export interface RetryPolicy {
  /** Attempts after the first; 0: never again. */
  maximum: number;
  initialInterval: number;
  maximumInterval: number;
  /** Each interval is the one before it times this. */
  factor: number;
  /** Codes of the errors that are tried again; absent: every retryable one. */
  errors?: string[];
}

/** A task type and its parameters; strings in them may hold `${...}`. */
export interface Action {
  uses: string;
  with: Record<string, unknown>;
}

/** What stands in for a task that finally failed: another action, or outputs given as they are (with `${...}`). */
export type Fallback = Action | { outputs: Record<string, unknown> };

export interface Task {
  /** Requirement model: what the task is for. */
  goal?: string;
  /** Requirement model: where its data comes from. */
  source?: string;
  /** Requirement model: how it gets from inputs to outputs. */
  logic?: string;
  /** Requirement model: what to do on exceptions. */
  onException?: string;
  /** Requirement model: format of what it produces, name to JSON Schema. */
  outputs?: Record<string, JsonSchema>;
  /** Artifacts it takes, name to type: it depends on the task that produces each, unless that is an input. */
  consumes: Record<string, string>;
  /** Artifacts it makes, name to type. */
  produces: Record<string, string>;
  /** The task type. */
  uses: string;
  /** Parameters of the task type; strings may hold `${...}`. */
  with: Record<string, unknown>;
  /** `${...}` that decides whether the task runs; default: it runs when every task it needs succeeded. */
  when?: string | boolean;
  /** Tasks that must end first, beside those its expressions look at. */
  needs: string[];
  /** Among ready tasks the highest starts first. */
  priority: number;
  /** Seconds that one attempt may take. */
  timeout: number;
  retries: RetryPolicy;
  /** What it needs while it runs; absent: nothing that is scarce. */
  resources?: Resources;
  /** Seconds that it is expected to take; absent: unknown. */
  duration?: number;
  /** How much its completion matters to the planner. */
  weight: number;
  /** Seconds after the run's start by which it must have ended. */
  deadline?: number;
  /** What its failure costs, in the unit of the planner's objective. */
  exceptionCost?: number;
  /** 0 to 1: how likely it fails. */
  exceptionProbability?: number;
  fallback?: Fallback;
  /** Undoes the task when its run fails or is cancelled; its `with` may look at the task's own outputs. */
  compensation?: Action;
  /** Its result is kept by content and `key` (text with `${...}`), for `maximumAge` seconds or for ever. */
  cache?: { key: string; maximumAge?: number };
}

export interface Schedule {
  /** Five fields, or six with seconds first. */
  cron: string;
  /** IANA name. */
  timeZone: string;
  /** What to do about times that passed while nothing could start a run: none, one run for all, or one for each. */
  missed: "skip" | "once" | "all";
  /** Inputs of the run; strings may hold `${schedule.time}`, the time that it was due. */
  inputs: Record<string, unknown>;
}

/** What starts runs by itself: exactly one of the members is there. */
export interface Trigger {
  /** A message of this type on the queue. */
  message?: { type: string };
  schedule?: Schedule;
  /** An object was created in the bucket under a key of this form. */
  object?: { prefix: string; suffix?: string };
  /** A run of that workflow ended in one of the states. */
  workflow?: { name: string; states: ("succeeded" | "failed" | "cancelled")[] };
}

export interface Workflow {
  name: string;
  description?: string;
  inputs: Record<string, JsonSchema>;
  /** `value` is the expression, the rest is the JSON Schema. */
  outputs: Record<string, JsonSchema>;
  triggers: Trigger[];
  /** Tasks of one run at the same time. */
  concurrency: number;
  /** Seconds that a run may take. */
  deadline?: number;
  /** Its part of scarce resources against that of other workflows. */
  share: number;
  tasks: Record<string, Task>;
  /** Task to the tasks that must end before it, declared or inferred. */
  dependencies: Record<string, string[]>;
  /** All tasks, each after those it depends on. */
  order: string[];
}

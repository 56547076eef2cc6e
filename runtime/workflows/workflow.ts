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
}

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
}

export interface Trigger {
  message: { type: string };
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
  tasks: Record<string, Task>;
  /** Task to the tasks that must end before it, declared or inferred. */
  dependencies: Record<string, string[]>;
  /** All tasks, each after those it depends on. */
  order: string[];
}

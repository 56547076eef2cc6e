import type { z } from "zod";
import type { ContainerRunner } from "../containers/container-runner.ts";
import type { Inference } from "../inference/inference.ts";
import type { ModelSigner } from "../inference/model-signer.ts";
import type { Mailer } from "../mail/mailer.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import type { Outbound } from "../outbound/outbound.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import type { Grant } from "./admission/amounts.ts";
import type { Body } from "./composites/body.ts";
import type { ItemResults } from "./composites/item-pool.ts";
import type { Usage } from "./run.ts";
import type { Json } from "./workflow.ts";

/** The slice of a structured logger that tasks and the engine write to. */
export interface WorkflowLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a step gets besides its parameters. */
export interface TaskContext {
  runId: string;
  task: string;
  /** 1 at the first. */
  attempt: number;
  /** `RUNID/TASK`: the same in every attempt, so that an effect can be made idempotent. */
  key: string;
  /**
   * Aborted at the task's timeout, when the run is cancelled, and, with an ApiError `abandoned`, when this process gives
   * the step up: another one executes the same attempt again.
   */
  signal: AbortSignal;
  store: ObjectStore;
  /** Undefined where the runtime has none. */
  secrets?: SecretStore | undefined;
  /** For every call to a target that a workflow names. */
  outbound: Outbound;
  /** Undefined where the runtime has no mail server. */
  mailer?: Mailer | undefined;
  inference: Inference;
  /** Signs the models that the task publishes. */
  modelSigner: ModelSigner;
  /** Undefined where the runtime runs none. */
  containers?: ContainerRunner | undefined;
  /** Seconds that the attempt may take. */
  timeout?: number | undefined;
  /** What the task may use: what it was granted of its `resources`. What is absent is not limited. */
  resources?: Grant | undefined;
  logger: WorkflowLogger;
  /** The workflow's own files, path to text. */
  files(): Promise<Record<string, string>>;
  /**
   * Appends to the task's log, kept in the bucket under the run and readable while the task runs, about a second late.
   * Text comes as it is, with line ends of its own; secrets must be masked before (masking.ts).
   */
  log(text: string | Uint8Array): void;
  /** Records what this attempt used; a later call replaces what an earlier one said of the same kind. */
  usage(measured: Usage): void;
}

interface CommonTaskType<With> {
  name: string;
  /** What `with` may hold. Strings in it may be `${...}`: then only the evaluated value is held to the schema. */
  schema: z.ZodType<With>;
  /** Seconds that an attempt may take where neither task nor workflow says. Default 30. */
  timeout?: number;
  /** Members of `with` that no expression may decide. Default: none. */
  fixed?: readonly string[];
  /**
   * Members of `with` that the type evaluates itself, perhaps often, with variables of its own: the names of those,
   * e.g. `{do: ["item", "index"]}`. They reach it as they are written. Default: none.
   */
  deferred?: Readonly<Record<string, readonly string[]>>;
}

/** A task that runs as one durable step: its outputs are recorded once, a step without a record runs again. */
export interface StepTaskType<With> extends CommonTaskType<With> {
  kind: "step";
  /**
   * Whether an attempt is an invocation of its own that any replica may take, rather than a step within the run: for what
   * takes long or much, and not for what takes milliseconds. Asked of the evaluated `with`, before the schema has seen
   * it. Default: no.
   */
  isolated?: true | ((parameters: Json) => boolean);
  /** @throws ApiError of status 4xx (but 408 and 429): never tried again; anything else: by the task's retries */
  execute(parameters: With, context: TaskContext): Promise<Record<string, Json>>;
}

/** An answer to a waiting task, as `POST /v1/runs/{id}:approve` brings it. */
export interface Answer {
  decision: string;
  person: string | null;
  comment: string | null;
}

/** A task that waits for a person, holding no process. */
export interface WaitTaskType<With> extends CommonTaskType<With> {
  kind: "wait";
  /** Seconds until `expire` is asked; undefined: waits for ever. */
  deadline(parameters: With): number | undefined;
  /** What is wrong with an answer; undefined if nothing. */
  refuse(parameters: With, answer: Answer): string | undefined;
  outputs(answer: Answer): Record<string, Json>;
  /** The answer when nobody gave one in time; undefined: the task fails. */
  expire(parameters: With): Answer | undefined;
}

/** A task that waits for a time, holding no process. */
export interface TimerTaskType<With> extends CommonTaskType<With> {
  kind: "timer";
  /** When it goes on; both in milliseconds since 1970. */
  end(parameters: With, now: number): number;
}

export interface EventParameters {
  await?: string | undefined;
  match?: string | undefined;
  deadline?: number | undefined;
  default?: unknown;
  emit?: string | undefined;
  to?: string | string[] | undefined;
  data?: unknown;
}

/** A task that sends an event to runs, or waits for one, holding no process. */
export interface EventTaskType extends CommonTaskType<EventParameters> {
  kind: "event";
}

export interface ChildParameters {
  workflow: string;
  version?: number | undefined;
  inputs: Record<string, unknown>;
}

/** A task that is a run of another workflow. */
export interface ChildTaskType extends CommonTaskType<ChildParameters> {
  kind: "workflow";
}

/** What a composite task gets. Its promises reject with `cancelled` once the run is cancelled. */
export interface CompositeContext {
  runId: string;
  task: string;
  store: ObjectStore;
  /** Evaluates a template in which `item` and `index` may stand. @throws ApiError `expression-failed` (422) */
  evaluate(template: string, item: Json, index: number): Json;
  /** Does something with effects once and records what it gives, at most 16 MiB of JSON. */
  record<Value>(name: string, action: () => Promise<Value>): Promise<Value>;
  /** Carries the body out for each item; no more is started once more than `mayFail` have failed. */
  forEach(items: Json[], options: { do: Body; concurrency: number; mayFail: number }): Promise<ItemResults>;
}

/** A task that consists of many: an invocation of its own, replayed from its journal (see composites/). */
export interface CompositeTaskType<With> extends CommonTaskType<With> {
  kind: "composite";
  /**
   * Depends on nothing but its parameters and what the context gives: no clock, no randomness, no I/O of its own.
   * @throws ApiError, which fails the task
   */
  execute(parameters: With, context: CompositeContext): Promise<Record<string, Json>>;
}

// biome-ignore lint/suspicious/noExplicitAny: the table holds types with parameters of every shape
type Any = any;

export type TaskType =
  | StepTaskType<Any>
  | WaitTaskType<Any>
  | TimerTaskType<Any>
  | CompositeTaskType<Any>
  | EventTaskType
  | ChildTaskType;

import type { ContainerRunner } from "../containers/container-runner.ts";
import type { Inference } from "../inference/inference.ts";
import type { ModelSigner } from "../inference/model-signer.ts";
import type { Mailer } from "../mail/mailer.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import type { Outbound } from "../outbound/outbound.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import type { Clock } from "./clock.ts";
import type { Executions } from "./executions.ts";
import type { ParentTask, Run, TaskRun } from "./run.ts";
import type { RunPlanner } from "./run-plan/run-planner.ts";
import type { RunRepository } from "./run-repository.ts";
import type { Answer, WorkflowLogger } from "./task-type.ts";
import type { EndTriggers } from "./triggers/end-triggers.ts";
import type { Json, Workflow } from "./workflow.ts";
import type { WorkflowRepository } from "./workflow-repository.ts";

export interface RunServices {
  store: ObjectStore;
  secrets?: SecretStore | undefined;
  outbound: Outbound;
  mailer?: Mailer | undefined;
  inference: Inference;
  modelSigner: ModelSigner;
  containers?: ContainerRunner | undefined;
  logger: WorkflowLogger;
  clock: Pick<Clock, "now">;
  workflows: WorkflowRepository;
  runs: RunRepository;
  executions: Executions;
  /** Refuses a workflow of which a task could never run. @throws ApiError `not-enough-capacity` (422) */
  checkNeeds(workflow: Workflow): Promise<void>;
  /** What a run's end starts. */
  endTriggers: EndTriggers;
  planner: RunPlanner;
}

/** What a run is started with: all that it depends on, fixed for its whole life. */
export interface RunInput {
  id: string;
  version: number;
  workflow: Workflow;
  inputs: Record<string, Json>;
  /** Seconds that each step is held. */
  pace: number;
  /** RFC 3339. */
  createdAt: string;
  /** The task that started it as its sub-workflow. */
  parent?: ParentTask;
  /** How many runs, one starting the next, led to it; absent: none. */
  depth?: number;
  /** How often the run was begun, by retries of a person; 1 if absent. */
  execution?: number;
  /** Records that a retry goes on with: of tasks that have succeeded, and of those that were undone. */
  kept?: TaskRun[];
  /** Etag of its first document, which is in the bucket already. Absent: the run writes it. */
  documentEtag?: string;
}

/** The key of the Restate workflow that carries out an execution of a run. */
export function workflowKey({ id, execution = 1 }: { id: string; execution?: number }): string {
  return execution === 1 ? id : `${id}~${execution}`;
}

export interface ApproveRequest extends Answer {
  task: string;
  /** Milliseconds since 1970. */
  at: number;
}

export interface CancelRequest {
  reason: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** What is asked of a run from outside. `at` is in milliseconds since 1970. */
export type ControlRequest = ({ kind: "cancel" } & CancelRequest) | { kind: "pause" | "resume"; at: number };

export type ApproveReply =
  | "accepted"
  | "not-running"
  | "not-waiting"
  | "already-decided"
  | { refused: string };

export const runServiceName = "Run";

/** Keys of a run's state in Restate. */
export const headerKey = "run";
export const taskKey = (name: string) => `task:${name}`;
export const answerPromise = (task: string) => `answer:${task}`;
export const controlPromise = (index: number) => `control:${index}`;

export type RunHeader = Omit<Run, "tasks"> & {
  /** All tasks in topological order, each with its type: one without a record of its own is pending. */
  uses: [task: string, uses: string][];
  /** How many requests the run has taken. */
  controls: number;
};

import type { Problem } from "../errors.ts";
import type { PoolStatus } from "./admission/create-admission.ts";
import type { PoolCapacity } from "./admission/pool.ts";
import type { Run, RunState } from "./run.ts";
import type { RunChange, WatchRunOptions } from "./run-changes.ts";
import type { LogPart, ReadLogOptions } from "./run-logs.ts";
import type { RunPlans } from "./run-plan/run-plans.ts";
import type { Suggestion } from "./run-plan/suggestions.ts";
import type { StandingTriggers } from "./triggers/standing-triggers.ts";
import type { WorkflowDefinition, WorkflowRepository } from "./workflow-repository.ts";

export interface StartRunRequest {
  workflow: string;
  /** Default: the current version. */
  version?: number | undefined;
  inputs?: Record<string, unknown> | undefined;
  /** Makes the call idempotent: the same id never makes a second run. Default: a random one. */
  id?: string | undefined;
  /** Seconds that each step is held. */
  pace?: number | undefined;
}

/** The part of a CloudEvent that starts runs. */
export interface TriggerMessage {
  id: string;
  type: string;
  data?: unknown;
  pace?: number | undefined;
}

export interface SignalRequest {
  name: string;
  /** At most 64 KiB of JSON. Default null. */
  data?: unknown;
  /** Makes the call idempotent: the same id never counts twice. Default: a random one. */
  id?: string | undefined;
}

export interface ListRunsRequest {
  workflow?: string | undefined;
  state?: RunState | undefined;
  /** 1 to 200. Default 50. */
  pageSize?: number | undefined;
  pageToken?: string | undefined;
}

export interface WorkflowEngine {
  readonly definitions: WorkflowRepository;
  /** Triggers by schedules, and by objects in the bucket. */
  readonly schedules: Pick<StandingTriggers, "list" | "pause" | "resume">;
  /**
   * Starts a run with the inputs that the workflow's schedule gives now.
   * @param position which of its schedules, from 0. Default 0
   * @throws ApiError `workflow-not-found`, `schedule-not-found` (404)
   */
  runSchedule(workflow: string, position?: number): Promise<Run>;
  /** Opens the port that Restate calls, where this process runs tasks, and registers it; goes on trying where Restate is down. */
  start(): Promise<void>;
  /** What keeps runs from making progress; undefined if nothing. */
  healthy(): Promise<Problem | undefined>;
  putDefinition(specification: string, files?: Record<string, string>): Promise<WorkflowDefinition>;
  /**
   * Makes a workflow unknown: nothing starts runs of it any more. Those under way end, and all of them stay readable.
   * @throws ApiError `workflow-not-found` (404), `workflow-in-use` (409) where another workflow has it as a task
   */
  deleteDefinition(name: string): Promise<void>;
  /**
   * Resolves once Restate accepted the run durably.
   * @throws ApiError `workflow-not-found` (404), `invalid-inputs` (400), `not-enough-capacity` (422), `run-id-taken` (409),
   * `workflow-engine-unavailable` (503)
   */
  startRun(request: StartRunRequest): Promise<Run>;
  /** @throws ApiError `run-not-found` (404) */
  getRun(id: string): Promise<Run>;
  /** Newest first. A page may be shorter than asked for and still have a successor. @throws ApiError `invalid-page-token` (400) */
  listRuns(request?: ListRunsRequest): Promise<{ runs: Run[]; nextPageToken: string | undefined }>;
  /** @throws ApiError `run-not-found` (404), `run-ended` (409) */
  cancelRun(id: string, reason?: string): Promise<Run>;
  /** No task and no attempt begins until it is resumed; what is under way ends. @throws ApiError as `cancelRun` */
  pauseRun(id: string): Promise<Run>;
  /** @throws ApiError as `cancelRun` */
  resumeRun(id: string): Promise<Run>;
  /**
   * Begins a failed or cancelled run again under its id; tasks that succeeded, and were not undone, keep their outputs.
   * @throws ApiError `run-not-found` (404), `run-not-ended`, `run-succeeded` (409)
   */
  retryRun(id: string): Promise<Run>;
  /** @throws ApiError `run-not-found`, `task-not-found` (404), `not-waiting`, `already-decided` (409), `invalid-decision` (400) */
  approve(
    id: string,
    answer: { task: string; decision: string; person?: string | undefined; comment?: string | undefined },
  ): Promise<Run>;
  /**
   * Gives a run an event that one of its tasks awaits, or will.
   * @throws ApiError `run-not-found` (404), `run-ended`, `event-not-awaited`, `too-many-events` (409), `invalid-event` (400)
   */
  signal(id: string, event: SignalRequest): Promise<Run>;
  /**
   * Starts a run of every workflow that the message's type triggers, once per message however often it comes.
   * @throws ApiError `no-trigger` (422) where there is none, `invalid-inputs` (400)
   */
  handleMessage(message: TriggerMessage): Promise<{ runs: string[] }>;
  /**
   * What the run's tasks have logged, each task's parts in order, of all attempts.
   * @throws ApiError `run-not-found`, `task-not-found` (404), before the first part
   */
  runLog(id: string, options?: ReadLogOptions): Promise<AsyncGenerator<LogPart>>;
  /** What each pool of resources has, who holds some and who waits. */
  pools(): Promise<PoolStatus[]>;
  /**
   * The states of a run and its tasks until it ends; undefined where all of them are known already.
   * @throws ApiError `run-not-found` (404), before the first
   */
  watchRun(id: string, options?: WatchRunOptions): Promise<AsyncGenerator<RunChange> | undefined>;
  /** What the default pool has for tasks. @throws ApiError `capacity-unavailable` (503) */
  capacity(): Promise<PoolCapacity>;
  /** What past runs say about the current version's tasks. @throws ApiError `workflow-not-found` (404) */
  suggestions(workflow: string): Promise<Suggestion[]>;
  /** The run's plans beside what happened; no plans where its workflow declares nothing to plan with. @throws ApiError `run-not-found` (404) */
  runPlans(id: string): Promise<RunPlans>;
  /** What a `report` task wrote, as Markdown. */
  writtenReport(id: string): Promise<string | undefined>;
  /** Lets steps under way end, then gives the rest back to Restate. */
  stop(): Promise<void>;
}

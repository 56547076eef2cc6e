import type * as restate from "@restatedev/restate-sdk";
import type { AttemptResult } from "../attempt.ts";
import type { AttemptRequest } from "../attempt-request.ts";
import type { Scope } from "../expressions.ts";
import type { TaskRun } from "../run.ts";
import type { AttemptOptions } from "../run-attempts.ts";
import type { CancelRequest, RunInput, RunServices } from "../run-state.ts";
import type { Json, Task } from "../workflow.ts";

/**
 * How tasks of one kind are carried out within a run: it starts something durable, and turns what was recorded of it into
 * the task's record. All of it is replayed from the journal after a crash, so it depends on nothing but the run's input
 * and recorded results: no clock, no randomness, no I/O, no await of its own but of what `RunScope.context` gives.
 *
 * A kind is added by a member in task-kinds.ts; types of tasks say by `kind` which one theirs is.
 */
export interface TaskKind {
  /** Whether its tasks count for the workflow's concurrency: what waits for somebody else does not. */
  takesTurn: boolean;
  /** Whether it sees to the task's deadline itself, as attempts do. Default: the run fails the task when it passes. */
  keepsDeadline?: true;
  /** The task is ready. Ends it, or waits for something that will. */
  start(task: string, run: RunScope): void;
  /**
   * The run is being cancelled, or the task's deadline passed, while the task is open. What it waits for with `endsByItself` goes on being waited for;
   * without anything left its record becomes cancelled. Default: nothing more to do.
   */
  cancel?(task: string, run: RunScope): void;
}

/** Why a task failed. */
export interface TaskFailure {
  /** In kebab-case. */
  code: string;
  message: string;
}

export interface WaitOptions {
  /** A cancel of the run does not end the wait, since what is waited for ends soon itself. Default false. */
  endsByItself?: boolean;
}

/** What a kind of task may do with the run that its task is a part of. */
export interface RunScope {
  readonly context: restate.WorkflowContext;
  readonly input: RunInput;
  readonly services: RunServices;
  /** Milliseconds since 1970 of the latest recorded event: the only clock that a replay sees the same. */
  readonly clock: number;
  readonly cancelRequest: CancelRequest | undefined;
  /** Moves the clock to a recorded time; never back. */
  advance(at: number): void;
  /**
   * Resolves at that time, in milliseconds since 1970, of the clock that all recorded times are by; this process's own has no
   * say in it.
   * @param name in Restate's journal
   */
  sleepUntil(at: number, name?: string): restate.RestatePromise<void>;
  specification(task: string): Task;
  record(task: string): TaskRun;
  /** Changes the task's record; it is written before the run next waits. */
  update(task: string, change: Partial<TaskRun>): void;
  /** The evaluated `with`; undefined where that failed, which fails the task. */
  parameters(task: string): { value: Json } | undefined;
  /** What expressions see now. */
  scope(): Scope;
  /** Any value with `${...}` in it, evaluated; undefined where that failed, which fails the task. */
  evaluate(task: string, value: unknown): { value: Json } | undefined;
  /** As `evaluate`, but a failure is only told. */
  tryEvaluate(task: string, value: unknown): { value: Json } | { error: string };
  /** The idempotency key of `TASK` or `TASK/…`: the same in every attempt, another one after the task was undone. */
  keyOf(name: string): string;
  /** When the run's plan starts the task, in milliseconds since 1970; undefined: it is not planned. */
  plannedStart(task: string): number | undefined;
  /** When the task must have ended, in milliseconds since 1970; undefined: never. */
  deadlineAt(task: string): number | undefined;
  /**
   * Makes an attempt as soon as there is room for it, as a step of the run or as an invocation of its own, as its type says.
   * Most kinds of tasks want `carryOut` (carry-out.ts), which tries again.
   */
  attempt(request: AttemptRequest, then: (result: AttemptResult) => void, options?: AttemptOptions): void;
  /**
   * Calls `then` with what the promise gives. A promise that rejects fails the run's execution, so map failures to values
   * where there may be some. Nothing is called any more once the task has ended.
   */
  wait<Value>(
    task: string,
    promise: restate.RestatePromise<Value>,
    then: (value: Value) => void | Promise<void>,
    options?: WaitOptions,
  ): void;
  /** Forgets what the task waits for, and ends its attempts that are under way elsewhere. */
  stopWaiting(task: string): void;
  /** Ends the task now, by the run's clock, and stops waiting. */
  succeed(task: string, outputs: Record<string, Json>): void;
  /** As `succeed`; where the task has a fallback that now begins. */
  fail(task: string, failure: TaskFailure): void;
  /** Ends the task as the run's cancel does. */
  cancelled(task: string, reason?: string): void;
  /** Cancels the run: something outside asked for it. */
  cancel(request: CancelRequest): void;
}

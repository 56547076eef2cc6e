import * as restate from "@restatedev/restate-sdk";
import { errorMessage } from "../errors.ts";
import { type AttemptResult, attemptTask, cancelledCode } from "./attempt.ts";
import { createProgress, isWaitTask, type Progress } from "./progress.ts";
import { isFinal, type Run, type TaskRun } from "./run.ts";
import {
  answerPromise,
  type CancelRequest,
  cancelPromise,
  headerKey,
  type RunHeader,
  type RunInput,
  type RunServices,
  taskKey,
} from "./run-state.ts";
import type { Answer, StepTaskType, WaitTaskType } from "./task-type.ts";
import { taskTypes } from "./task-types/task-types.ts";
import type { Json, RetryPolicy } from "./workflow.ts";

type Event =
  | { kind: "attempt"; task: string; result: AttemptResult }
  | { kind: "retry"; task: string }
  | { kind: "answer"; task: string; answer: Answer & { at: number } }
  | { kind: "deadline"; task: string }
  | { kind: "cancel"; request: CancelRequest };

interface Awaited {
  task: string;
  kind: Event["kind"];
  promise: restate.RestatePromise<Event>;
}

/** Larger evaluated parameters are left out of the run document. */
const maximumRecordedInputsBytes = 64 * 1024;

/**
 * Carries out one run. Everything here is replayed from the journal after a crash, so it depends on nothing but its
 * input and the recorded results: no clock, no randomness, one await at a time.
 */
export async function executeRun(
  context: restate.WorkflowContext,
  input: RunInput,
  services: RunServices,
): Promise<{ state: string }> {
  const controller = services.executions.controllerOf(input.id);
  try {
    return await new RunExecution(context, input, services, controller).execute();
  } finally {
    services.executions.remove(input.id, controller);
  }
}

class RunExecution {
  readonly #context: restate.WorkflowContext;
  readonly #input: RunInput;
  readonly #services: RunServices;
  readonly #cancellation: AbortController;
  readonly #progress: Progress;
  #awaited: Awaited[] = [];
  #cancelRequest: CancelRequest | undefined;
  /** Milliseconds since 1970 of the latest recorded event: the only clock that a replay sees the same. */
  #clock: number;
  #startedAt = "";

  constructor(
    context: restate.WorkflowContext,
    input: RunInput,
    services: RunServices,
    cancellation: AbortController,
  ) {
    this.#context = context;
    this.#input = input;
    this.#services = services;
    this.#cancellation = cancellation;
    this.#progress = createProgress(input.workflow, input);
    this.#clock = Date.parse(input.createdAt);
  }

  async execute(): Promise<{ state: string }> {
    await this.#begin();
    const cancelled = this.#context
      .promise<CancelRequest>(cancelPromise)
      .get()
      .map((request): Event => ({ kind: "cancel", request: request as CancelRequest }));
    this.#startReadyTasks();
    while (this.#awaited.length > 0) {
      const event = await this.#next(cancelled);
      this.#handle(event);
      if (event.kind === "deadline") await this.#expire(event.task);
      if (this.#cancelRequest === undefined) this.#startReadyTasks();
    }
    return await this.#finish();
  }

  async #begin(): Promise<void> {
    const { order } = this.#input.workflow;
    for (const name of order) this.#context.set(taskKey(name), this.#progress.tasks.get(name));
    const at = await this.#context.run("begin", async () => {
      await this.#services.runs.recordStart(firstDocument(this.#input));
      return Date.now();
    });
    this.#advance(at);
    this.#startedAt = isoTime(this.#clock);
    this.#context.set(headerKey, { ...this.#header("running"), order } satisfies RunHeader);
  }

  async #next(cancelled: restate.RestatePromise<Event>): Promise<Event> {
    const promises = this.#awaited.map(({ promise }) => promise);
    // Once cancelled only the attempts that are ending are waited for.
    if (this.#cancelRequest === undefined) promises.push(cancelled);
    try {
      return await restate.RestatePromise.race(promises);
    } catch (error) {
      // Cancelled through Restate itself (its interface or command line).
      if (error instanceof restate.CancelledError)
        return { kind: "cancel", request: { reason: "cancelled through Restate", at: this.#clock } };
      throw error;
    }
  }

  #handle(event: Event): void {
    if (event.kind === "cancel") {
      this.#cancel(event.request);
      return;
    }
    this.#awaited = this.#awaited.filter(({ task }) => task !== event.task);
    if (event.kind === "attempt") this.#attemptEnded(event.task, event.result);
    if (event.kind === "retry") this.#startAttempt(event.task);
    if (event.kind === "answer") this.#answered(event.task, event.answer);
  }

  #startReadyTasks(): void {
    const { settled, ready } = this.#progress.decide();
    for (const task of settled) this.#context.set(taskKey(task.name), task);
    // A failed condition decides the tasks behind it; nothing may be left that waits for it.
    if (settled.some((task) => task.state === "failed")) {
      this.#startReadyTasks();
      return;
    }
    for (const name of ready) {
      if (isWaitTask(this.#task(name))) this.#startWaiting(name);
      else if (this.#runningSteps() < this.#input.workflow.concurrency) this.#startFirstAttempt(name);
    }
    // A task that failed before its first attempt may have decided others.
    if (ready.some((name) => this.#progress.tasks.get(name)?.state === "failed")) this.#startReadyTasks();
  }

  #runningSteps(): number {
    return new Set(
      this.#awaited.filter(({ kind }) => kind === "attempt" || kind === "retry").map(({ task }) => task),
    ).size;
  }

  /** The evaluated `with`; undefined where that failed, which fails the task. */
  #parameters(name: string): { value: Json } | undefined {
    try {
      return { value: this.#progress.parameters(name) };
    } catch (error) {
      this.#fail(name, errorMessage(error));
      return undefined;
    }
  }

  #startFirstAttempt(name: string): void {
    const parameters = this.#parameters(name);
    if (parameters === undefined) return;
    this.#update(name, { startedAt: isoTime(this.#clock), inputs: recorded(parameters.value) });
    this.#startAttempt(name);
  }

  #startAttempt(name: string): void {
    const attempt = (this.#progress.tasks.get(name)?.attempts ?? 0) + 1;
    const parameters = this.#parameters(name);
    if (parameters === undefined) return;
    this.#update(name, { state: "running", attempts: attempt });
    const promise = this.#context
      .run(`${name}#${attempt}`, () => this.#attempt(name, attempt, parameters.value))
      .map((result): Event => ({ kind: "attempt", task: name, result: result as AttemptResult }));
    this.#awaited.push({ task: name, kind: "attempt", promise });
  }

  /** Runs inside the durable step. */
  #attempt(name: string, attempt: number, parameters: Json): Promise<AttemptResult> {
    const { id, version, workflow, pace } = this.#input;
    const { executions, workflows, store, secrets, outbound, inference, logger } = this.#services;
    const task = this.#task(name);
    const key = `${id}/${name}`;
    return executions.run(key, () =>
      attemptTask({
        type: taskTypes.get(task.uses) as StepTaskType<unknown>,
        parameters,
        pace,
        timeout: task.timeout,
        cancelled: this.#cancellation.signal,
        abandoned: this.#context.request().attemptCompletedSignal,
        context: {
          runId: id,
          task: name,
          attempt,
          key,
          store,
          secrets,
          outbound,
          inference,
          logger,
          files: async () => (await workflows.get(workflow.name, version)).files,
        },
      }),
    );
  }

  #attemptEnded(name: string, result: AttemptResult): void {
    this.#advance(result.finishedAt);
    const task = this.#progress.tasks.get(name) as TaskRun;
    // The record of a first attempt tells when it really began.
    if (task.attempts === 1) this.#update(name, { startedAt: isoTime(result.startedAt) });
    if ("outputs" in result) {
      this.#update(name, {
        state: "succeeded",
        outputs: result.outputs,
        finishedAt: isoTime(result.finishedAt),
        error: null,
      });
      return;
    }
    const { retries } = this.#task(name);
    if (result.error.code === cancelledCode)
      this.#cancel(this.#cancelRequest ?? { reason: result.error.message, at: result.finishedAt });
    if (this.#cancelRequest !== undefined)
      this.#update(name, {
        state: "cancelled",
        finishedAt: isoTime(result.finishedAt),
        error: result.error.message,
      });
    else if (!result.isRetryable || task.attempts > retries.maximum) this.#fail(name, result.error.message);
    else this.#retryLater(name, task.attempts, retries, result.error.message);
  }

  #retryLater(name: string, attempts: number, retries: RetryPolicy, error: string): void {
    const interval = Math.min(
      retries.initialInterval * retries.factor ** (attempts - 1),
      retries.maximumInterval,
    );
    this.#update(name, { state: "waiting", error });
    const promise = this.#context
      .sleep(Math.round(interval * 1000))
      .map((): Event => ({ kind: "retry", task: name }));
    this.#awaited.push({ task: name, kind: "retry", promise });
  }

  #startWaiting(name: string): void {
    const parameters = this.#parameters(name);
    if (parameters === undefined) return;
    const type = this.#waitType(name);
    const parsed = type.schema.safeParse(parameters.value);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      this.#fail(name, `with.${issue?.path.join(".")}: ${issue?.message}`);
      return;
    }
    this.#update(name, { state: "waiting", startedAt: isoTime(this.#clock), inputs: parsed.data as Json });
    const answer = this.#context
      .promise<Answer & { at: number }>(answerPromise(name))
      .get()
      .map((value): Event => ({ kind: "answer", task: name, answer: value as Answer & { at: number } }));
    this.#awaited.push({ task: name, kind: "answer", promise: answer });
    const deadline = type.deadline(parsed.data);
    if (deadline === undefined) return;
    const passed = this.#context
      .sleep(Math.round(deadline * 1000))
      .map((): Event => ({ kind: "deadline", task: name }));
    this.#awaited.push({ task: name, kind: "deadline", promise: passed });
  }

  #answered(name: string, answer: Answer & { at: number }): void {
    this.#advance(answer.at);
    const outputs = this.#waitType(name).outputs(answer);
    this.#update(name, { state: "succeeded", outputs, finishedAt: isoTime(this.#clock) });
  }

  /** The deadline passed. An answer that was accepted in the same moment wins: whoever sent it was told so. */
  async #expire(name: string): Promise<void> {
    const task = this.#progress.tasks.get(name) as TaskRun;
    const type = this.#waitType(name);
    const parameters = type.schema.parse(task.inputs);
    const at = Date.parse(task.startedAt ?? "") + (type.deadline(parameters) ?? 0) * 1000;
    const answer = type.expire(parameters);
    const promise = this.#context.promise<(Answer & { at: number }) | null>(answerPromise(name));
    try {
      await promise.resolve(answer === undefined ? null : { ...answer, at });
    } catch (error) {
      if (!(error instanceof restate.TerminalError) || error instanceof restate.CancelledError) throw error;
    }
    const decided = await promise.get();
    if (decided !== null) return this.#answered(name, decided);
    this.#advance(at);
    this.#fail(name, `nobody answered within ${type.deadline(parameters)} s`);
  }

  #cancel(request: CancelRequest): void {
    if (this.#cancelRequest !== undefined) return;
    this.#cancelRequest = request;
    this.#advance(request.at);
    this.#cancellation.abort();
    for (const { task, kind } of this.#awaited)
      if (kind !== "attempt") this.#update(task, { state: "cancelled", finishedAt: isoTime(this.#clock) });
    this.#awaited = this.#awaited.filter(({ kind }) => kind === "attempt");
  }

  async #finish(): Promise<{ state: string }> {
    const left = this.#cancelRequest === undefined ? "skipped" : "cancelled";
    for (const task of this.#progress.tasks.values())
      if (!isFinal(task.state)) this.#update(task.name, { state: left });
    const document: Run = { ...this.#header(), tasks: [...this.#progress.tasks.values()] };
    await this.#context.run("finish", () => this.#services.runs.recordEnd(document));
    this.#context.clearAll();
    const { id, workflow, state, error } = document;
    this.#services.logger.info({ run: id, workflow, state, error }, `run ${state}`);
    return { state };
  }

  #header(state?: "running"): Omit<Run, "tasks"> {
    const { id, workflow, version, createdAt, inputs } = this.#input;
    const common = { id, workflow: workflow.name, version, createdAt, startedAt: this.#startedAt, inputs };
    if (state !== undefined) return { ...common, state, finishedAt: null, outputs: null, error: null };
    const finishedAt = isoTime(this.#clock);
    if (this.#cancelRequest === undefined) return { ...common, finishedAt, ...this.#progress.outcome() };
    return { ...common, finishedAt, state: "cancelled", outputs: null, error: this.#cancelRequest.reason };
  }

  #fail(name: string, error: string): void {
    this.#update(name, { state: "failed", finishedAt: isoTime(this.#clock), error });
  }

  #update(name: string, change: Partial<TaskRun>): void {
    this.#context.set(taskKey(name), this.#progress.update(name, change));
  }

  #task(name: string) {
    const task = this.#input.workflow.tasks[name];
    if (task === undefined) throw new restate.TerminalError(`there is no task ${name}`);
    return task;
  }

  #waitType(name: string): WaitTaskType<unknown> {
    return taskTypes.get(this.#task(name).uses) as WaitTaskType<unknown>;
  }

  #advance(at: number): void {
    this.#clock = Math.max(this.#clock, at);
  }
}

/** The document of a run that was accepted and has not begun. */
export function firstDocument({ id, version, workflow, inputs, createdAt }: RunInput): Run {
  const { tasks } = createProgress(workflow, { id, inputs });
  return {
    id,
    workflow: workflow.name,
    version,
    state: "pending",
    createdAt,
    startedAt: null,
    finishedAt: null,
    inputs,
    outputs: null,
    error: null,
    tasks: [...tasks.values()],
  };
}

function recorded(parameters: Json): Json {
  const bytes = Buffer.byteLength(JSON.stringify(parameters));
  return bytes <= maximumRecordedInputsBytes ? parameters : { omitted: `${bytes} bytes` };
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

import * as restate from "@restatedev/restate-sdk";
import { errorMessage } from "../errors.ts";
import { type EventLog, eventLogName } from "./events/event-log.ts";
import { awaitedEvents } from "./events/event-target.ts";
import type { Scope } from "./expressions.ts";
import { createProgress, type Progress } from "./progress.ts";
import { isFinal, type Run, type TaskRun } from "./run.ts";
import { firstDocument, isoTime, RunRecord } from "./run-record.ts";
import { type CancelRequest, cancelPromise, type RunInput, type RunServices } from "./run-state.ts";
import { RunWaits } from "./run-waits.ts";
import type { RunScope, TaskFailure, WaitOptions } from "./task-kinds/task-kind.ts";
import { kindOf } from "./task-kinds/task-kinds.ts";
import type { Json, Task } from "./workflow.ts";

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

class RunExecution implements RunScope {
  readonly context: restate.WorkflowContext;
  readonly input: RunInput;
  readonly services: RunServices;
  readonly #controller: AbortController;
  readonly #progress: Progress;
  readonly #state: RunRecord;
  readonly #waits = new RunWaits();
  /** Started, not ended, and of a kind that takes a turn. */
  readonly #turns = new Set<string>();
  #cancelRequest: CancelRequest | undefined;
  #clock: number;
  #startedAt = "";

  constructor(
    context: restate.WorkflowContext,
    input: RunInput,
    services: RunServices,
    controller: AbortController,
  ) {
    this.context = context;
    this.input = input;
    this.services = services;
    this.#controller = controller;
    this.#progress = createProgress(input.workflow, input);
    this.#state = new RunRecord(context);
    this.#clock = Date.parse(input.createdAt);
  }

  get cancellation(): AbortSignal {
    return this.#controller.signal;
  }

  get clock(): number {
    return this.#clock;
  }

  get cancelRequest(): CancelRequest | undefined {
    return this.#cancelRequest;
  }

  async execute(): Promise<{ state: string }> {
    await this.#begin();
    const cancelled = this.context
      .promise<CancelRequest>(cancelPromise)
      .get()
      .map((request) => request as CancelRequest);
    this.#startReadyTasks();
    while (!this.#waits.isEmpty) {
      this.#state.write();
      const next = await this.#next(cancelled);
      if (typeof next === "function") await next();
      else this.cancel(next);
      if (this.#cancelRequest === undefined) this.#startReadyTasks();
    }
    return await this.#finish();
  }

  async #begin(): Promise<void> {
    const { order } = this.input.workflow;
    const at = await this.context.run("begin", async () => {
      await this.services.runs.recordStart(firstDocument(this.input));
      return Date.now();
    });
    this.advance(at);
    this.#startedAt = isoTime(this.#clock);
    for (const task of this.#progress.tasks.values()) this.#state.task(task);
    this.#state.header({ ...this.#header("running"), order });
  }

  async #next(
    cancelled: restate.RestatePromise<CancelRequest>,
  ): Promise<CancelRequest | (() => void | Promise<void>)> {
    try {
      // Once cancelled only the attempts that are ending are waited for.
      return await this.#waits.next(this.#cancelRequest === undefined ? [cancelled] : []);
    } catch (error) {
      // Cancelled through Restate itself (its interface or command line).
      if (error instanceof restate.CancelledError)
        return { reason: "cancelled through Restate", at: this.#clock };
      throw error;
    }
  }

  #startReadyTasks(): void {
    const { settled, ready } = this.#progress.decide();
    for (const task of settled) this.#state.task(task);
    // A failed condition decides the tasks behind it; nothing may be left that waits for it.
    if (settled.some((task) => task.state === "failed")) {
      this.#startReadyTasks();
      return;
    }
    for (const name of ready) {
      const kind = kindOf(this.specification(name).uses);
      if (kind.takesTurn && this.#turns.size >= this.input.workflow.concurrency) continue;
      if (kind.takesTurn) this.#turns.add(name);
      kind.start(name, this);
    }
    // A task that ended at once may have decided others.
    if (ready.some((name) => isFinal(this.record(name).state))) this.#startReadyTasks();
  }

  async #finish(): Promise<{ state: string }> {
    const left = this.#cancelRequest === undefined ? "skipped" : "cancelled";
    for (const task of this.#progress.tasks.values())
      if (!isFinal(task.state)) this.#progress.update(task.name, { state: left });
    const document: Run = { ...this.#header(), tasks: [...this.#progress.tasks.values()] };
    await this.context.run("finish", () => this.services.runs.recordEnd(document));
    this.context.clearAll();
    if (awaitedEvents(this.input.workflow).length > 0)
      this.context.objectSendClient<EventLog>({ name: eventLogName }, document.id).clear();
    const { id, workflow, state, error } = document;
    this.services.logger.info({ run: id, workflow, state, error }, `run ${state}`);
    return { state };
  }

  #header(state?: "running"): Omit<Run, "tasks"> {
    const { id, workflow, version, createdAt, parent, inputs } = this.input;
    const common = {
      id,
      workflow: workflow.name,
      version,
      createdAt,
      startedAt: this.#startedAt,
      ...(parent !== undefined && { parent }),
      inputs,
    };
    if (state !== undefined) return { ...common, state, finishedAt: null, outputs: null, error: null };
    const finishedAt = isoTime(this.#clock);
    if (this.#cancelRequest === undefined) return { ...common, finishedAt, ...this.#progress.outcome() };
    return { ...common, finishedAt, state: "cancelled", outputs: null, error: this.#cancelRequest.reason };
  }

  advance(at: number): void {
    this.#clock = Math.max(this.#clock, at);
  }

  // Given to others without `this`.
  readonly specification = (name: string): Task => {
    const task = this.input.workflow.tasks[name];
    if (task === undefined) throw new restate.TerminalError(`there is no task ${name}`);
    return task;
  };

  record(name: string): TaskRun {
    return this.#progress.tasks.get(name) as TaskRun;
  }

  update(name: string, change: Partial<TaskRun>): void {
    this.#state.task(this.#progress.update(name, change));
  }

  parameters(name: string): { value: Json } | undefined {
    try {
      return { value: this.#progress.parameters(name) };
    } catch (error) {
      this.fail(name, { code: "expression-failed", message: errorMessage(error) });
      return undefined;
    }
  }

  scope(): Scope {
    return this.#progress.scope();
  }

  wait<Value>(
    task: string,
    promise: restate.RestatePromise<Value>,
    then: (value: Value) => void | Promise<void>,
    options?: WaitOptions,
  ): void {
    this.#waits.add(task, promise, then, options);
  }

  stopWaiting(task: string): void {
    this.#waits.remove(task);
  }

  succeed(name: string, outputs: Record<string, Json>): void {
    this.#end(name, { state: "succeeded", outputs, error: null });
  }

  fail(name: string, failure: TaskFailure): void {
    this.#end(name, { state: "failed", error: failure.message });
  }

  cancelled(name: string, reason?: string): void {
    this.#end(name, { state: "cancelled", ...(reason !== undefined && { error: reason }) });
  }

  #end(name: string, change: Partial<TaskRun>): void {
    this.stopWaiting(name);
    this.#turns.delete(name);
    this.update(name, { ...change, finishedAt: isoTime(this.#clock) });
  }

  cancel(request: CancelRequest): void {
    if (this.#cancelRequest !== undefined) return;
    this.#cancelRequest = request;
    this.advance(request.at);
    this.#controller.abort();
    this.#waits.removeEndless();
    for (const { name, uses, state } of this.#progress.tasks.values()) {
      if (isFinal(state) || state === "pending") continue;
      kindOf(uses).cancel?.(name, this);
      if (!this.#waits.has(name) && !isFinal(this.record(name).state)) this.cancelled(name);
    }
  }
}

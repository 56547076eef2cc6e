import * as restate from "@restatedev/restate-sdk";
import { errorMessage } from "../errors.ts";
import { releaseResources } from "./admission/hold-resources.ts";
import type { AttemptResult } from "./attempt.ts";
import type { AttemptRequest } from "./attempt-request.ts";
import { atTime } from "./clock.ts";
import { startCompensation } from "./compensation.ts";
import { type EventLog, eventLogName } from "./events/event-log.ts";
import { awaitedEvents } from "./events/event-target.ts";
import type { Scope } from "./expressions.ts";
import { createProgress, type Progress } from "./progress.ts";
import { idempotencyKey, isFinal, type Run, type TaskRun } from "./run.ts";
import { type AttemptOptions, isIsolated, RunAttempts } from "./run-attempts.ts";
import { RunControls } from "./run-controls.ts";
import { firstDocument, headerOf, isoTime, lastDocument } from "./run-document.ts";
import { RunPlanning } from "./run-plan/run-planning.ts";
import { RunRecord } from "./run-record.ts";
import type { CancelRequest, ControlRequest, RunInput, RunServices } from "./run-state.ts";
import { RunWaits } from "./run-waits.ts";
import { startFallback } from "./task-kinds/fallback.ts";
import type { RunScope, TaskFailure, WaitOptions } from "./task-kinds/task-kind.ts";
import { kindOf } from "./task-kinds/task-kinds.ts";
import { taskTypes } from "./task-types/task-types.ts";
import { startTriggered } from "./triggers/triggered-runs.ts";
import type { Json, Task } from "./workflow.ts";

/**
 * Carries out one execution of a run. Everything here is replayed from the journal after a crash, so it depends on nothing
 * but its input and the recorded results: no clock, no randomness, one await at a time. A change of what is written to
 * the journal, or of its order, raises `journalVersion` (journal-version.ts).
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

/** Why a run ends before its tasks do. */
interface Ending extends CancelRequest {
  state: "cancelled" | "failed";
}

class RunExecution implements RunScope {
  readonly context: restate.WorkflowContext;
  readonly input: RunInput;
  readonly services: RunServices;
  readonly #controller: AbortController;
  readonly #progress: Progress;
  readonly #record: RunRecord;
  readonly #waits = new RunWaits();
  readonly #attempts: RunAttempts;
  readonly #controls: RunControls;
  readonly #planning: RunPlanning;
  /** Started, not ended, and of a kind that takes a turn. */
  readonly #turns = new Set<string>();
  /** Tasks that have succeeded, in that order. */
  readonly #completed: string[];
  #deadline: restate.RestatePromise<() => void> | undefined;
  #ending: Ending | undefined;
  #isPaused = false;
  #clock: number;
  #startedAt = 0;

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
    this.#completed = [...this.#progress.tasks.values()]
      .filter(({ state }) => state === "succeeded")
      .sort((one, other) => ((one.finishedAt ?? "") < (other.finishedAt ?? "") ? -1 : 1))
      .map(({ name }) => name);
    this.#record = new RunRecord(context);
    this.#attempts = new RunAttempts(context, services, this.#waits, controller.signal);
    this.#controls = new RunControls(context, (request) => this.#control(request));
    this.#planning = new RunPlanning(this, () => this.#startedAt);
    this.#clock = Date.parse(input.createdAt);
  }

  async execute(): Promise<{ state: string }> {
    await this.#begin();
    await this.#planning.begin();
    this.#startReadyTasks();
    while (this.#isOpen()) {
      await this.#handleNext(() => (this.#ending === undefined ? this.#interruptions() : []));
      if (this.#ending === undefined && !this.#isPaused) this.#startReadyTasks();
      this.#planning.renew();
    }
    if (this.#lastDocument().state !== "succeeded") await this.#compensate();
    return await this.#finish();
  }

  async #begin(): Promise<void> {
    const at = await this.context.run("begin", async () => {
      if (this.input.documentEtag === undefined)
        await this.services.runs.recordStart(firstDocument(this.input));
      return this.services.clock.now();
    });
    this.advance(at);
    this.#startedAt = this.#clock;
    const { deadline } = this.input.workflow;
    if (deadline !== undefined)
      this.#deadline = this.sleepUntil(this.#startedAt + deadline * 1000, "deadline").map(() => () => {
        this.advance(this.#startedAt + deadline * 1000);
        this.#stop({
          state: "failed",
          reason: `the run took longer than its deadline of ${deadline} s`,
          at: 0,
        });
      });
    // The others are as the header says.
    for (const task of this.input.kept ?? []) this.#record.task(task, { isUrgent: false });
    this.#writeHeader({ isUrgent: false });
  }

  #isOpen(): boolean {
    if (!this.#waits.isEmpty || this.#attempts.isOpen) return true;
    const isHeld = this.#isPaused && this.#ending === undefined;
    return isHeld && [...this.#progress.tasks.values()].some(({ state }) => state === "pending");
  }

  #interruptions(): restate.RestatePromise<() => void>[] {
    return [this.#controls.next(), ...(this.#deadline === undefined ? [] : [this.#deadline])];
  }

  async #handleNext(others: () => restate.RestatePromise<() => void>[]): Promise<void> {
    let next: () => void | Promise<void>;
    try {
      const isBackSoon = this.#attempts.recordNext({ isWantedBack: this.#record.isChanged });
      if (this.#attempts.hasAbandoned) await this.#attempts.cancelAbandoned();
      const isWritten = this.#record.write(this.#clock, isBackSoon);
      // To wait for one promise costs half of what waiting for the first of several does: what is asked of the run is
      // looked at only as often as its state is written.
      const mayLookLater = isBackSoon && !isWritten && this.#deadline === undefined;
      next = await this.#waits.next(mayLookLater ? [] : others());
    } catch (error) {
      if (!(error instanceof restate.CancelledError)) throw error;
      this.cancel({ reason: "cancelled through Restate", at: this.#clock });
      return;
    }
    await next();
  }

  #startReadyTasks(): void {
    const { settled, ready } = this.#progress.decide();
    for (const task of settled) this.#record.task(task, { isUrgent: task.state === "failed" });
    for (const name of this.#planning.inOrder(ready)) this.#startTask(name);
    // A failed condition decides the tasks behind it, and so does a task that ended at once.
    if ([...settled.map(({ name }) => name), ...ready].some((name) => this.#hasEndedAtOnce(name)))
      this.#startReadyTasks();
  }

  #hasEndedAtOnce(name: string): boolean {
    const { state } = this.record(name);
    return isFinal(state) && state !== "skipped";
  }

  #startTask(name: string): void {
    const kind = kindOf(this.specification(name).uses);
    if (kind.takesTurn && this.#turns.size >= this.input.workflow.concurrency) return;
    if (kind.takesTurn) this.#turns.add(name);
    const deadlineAt = this.deadlineAt(name);
    if (deadlineAt !== undefined && deadlineAt <= this.#clock) {
      this.fail(name, deadlineFailure(this.specification(name), "before it could begin"));
      return;
    }
    kind.start(name, this);
    // Attempts see to it themselves.
    if (deadlineAt === undefined || kind.keepsDeadline || isFinal(this.record(name).state)) return;
    this.wait(name, this.sleepUntil(deadlineAt, `${name} deadline`), () => {
      this.advance(deadlineAt);
      kind.cancel?.(name, this);
      this.fail(name, deadlineFailure(this.specification(name), "while it ran"));
    });
  }

  async #compensate(): Promise<void> {
    for (const name of this.#completed.toReversed()) {
      if (!startCompensation(name, this)) continue;
      while (!this.#waits.isEmpty || this.#attempts.isOpen) await this.#handleNext(() => []);
    }
  }

  async #finish(): Promise<{ state: string }> {
    const left = this.#ending?.state === "cancelled" ? "cancelled" : "skipped";
    for (const task of this.#progress.tasks.values())
      if (!isFinal(task.state)) this.#progress.update(task.name, { state: left });
    const document = this.#lastDocument();
    const triggered = await this.#runUncancelled("finish", async () => {
      await this.services.runs.recordEnd(document, this.input.documentEtag);
      return await this.services.endTriggers(document, this.input.depth ?? 0);
    });
    startTriggered(this.context, triggered);
    if (this.#record.isWritten) this.context.clearAll();
    if (awaitedEvents(this.input.workflow).length > 0)
      this.context.objectSendClient<EventLog>({ name: eventLogName }, document.id).clear();
    const { id, workflow, state, error } = document;
    this.services.logger.info({ run: id, workflow, state, error }, `run ${state}`);
    return { state };
  }

  #lastDocument(): Run {
    const times = { startedAt: this.#startedAt, finishedAt: this.#clock };
    return lastDocument(this.input, times, this.#progress, this.#ending);
  }

  /** A cancel through Restate itself that comes now is too late. */
  async #runUncancelled<Value>(name: string, action: () => Promise<Value>): Promise<Value> {
    for (;;)
      try {
        return await this.context.run(name, action);
      } catch (error) {
        if (!(error instanceof restate.CancelledError)) throw error;
      }
  }

  #writeHeader({ isUrgent }: { isUrgent: boolean }): void {
    const header = headerOf(this.input, {
      startedAt: this.#startedAt,
      isPaused: this.#isPaused,
      controls: this.#controls.taken,
    });
    this.#record.header(header, { isUrgent });
  }

  #control(request: ControlRequest): void {
    this.advance(request.at);
    if (request.kind === "cancel") this.cancel(request);
    else {
      this.#isPaused = request.kind === "pause";
      this.#attempts.hold(this.#isPaused);
    }
    this.#writeHeader({ isUrgent: true });
  }

  cancel({ reason, at }: CancelRequest): void {
    this.#stop({ state: "cancelled", reason, at });
  }

  #stop(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.advance(ending.at);
    this.#controller.abort();
    this.#attempts.cancel();
    this.#waits.removeEndless();
    for (const { name, uses, state } of this.#progress.tasks.values()) {
      if (isFinal(state) || state === "pending") continue;
      kindOf(uses).cancel?.(name, this);
      if (!this.#waits.has(name) && !isFinal(this.record(name).state)) this.cancelled(name);
    }
  }

  get clock(): number {
    return this.#clock;
  }

  get cancelRequest(): CancelRequest | undefined {
    return this.#ending;
  }

  advance(at: number): void {
    this.#clock = Math.max(this.#clock, at);
  }

  sleepUntil(at: number, name?: string): restate.RestatePromise<void> {
    return atTime(this.#clock, () => this.context.sleep(Math.max(0, Math.round(at - this.#clock)), name));
  }

  specification(name: string): Task {
    const task = this.input.workflow.tasks[name];
    if (task === undefined) throw new restate.TerminalError(`there is no task ${name}`);
    return task;
  }

  record(name: string): TaskRun {
    return this.#progress.tasks.get(name) as TaskRun;
  }

  update(name: string, change: Partial<TaskRun>): void {
    const record = this.#progress.update(name, change);
    this.#record.task(record, { isUrgent: !mayEndSoon(record) });
  }

  parameters(name: string): { value: Json } | undefined {
    return this.#orFail(name, () => this.#progress.parameters(name));
  }

  scope(): Scope {
    return this.#progress.scope();
  }

  evaluate(name: string, value: unknown): { value: Json } | undefined {
    return this.#orFail(name, () => this.#progress.evaluate(value));
  }

  tryEvaluate(_name: string, value: unknown): { value: Json } | { error: string } {
    try {
      return { value: this.#progress.evaluate(value) };
    } catch (error) {
      return { error: errorMessage(error) };
    }
  }

  #orFail(name: string, evaluate: () => Json): { value: Json } | undefined {
    try {
      return { value: evaluate() };
    } catch (error) {
      this.fail(name, { code: "expression-failed", message: errorMessage(error) });
      return undefined;
    }
  }

  keyOf(name: string): string {
    const [task = ""] = name.split("/", 1);
    return idempotencyKey(this.input.id, name, this.record(task).undone);
  }

  plannedStart(name: string): number | undefined {
    return this.#planning.plannedStart(name);
  }

  deadlineAt(name: string): number | undefined {
    const { deadline } = this.specification(name);
    return deadline === undefined ? undefined : this.#startedAt + Math.round(deadline * 1000);
  }

  attempt(request: AttemptRequest, then: (result: AttemptResult) => void, options?: AttemptOptions): void {
    this.#attempts.start(request, then, options);
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
    this.#attempts.abandon(task);
  }

  succeed(name: string, outputs: Record<string, Json>): void {
    this.#completed.push(name);
    this.#end(name, { state: "succeeded", outputs, error: null });
  }

  fail(name: string, failure: TaskFailure): void {
    const { fallback } = this.specification(name);
    if (fallback === undefined || this.record(name).fallback !== undefined || this.#ending !== undefined) {
      this.#end(name, { state: "failed", error: failure.message });
      return;
    }
    this.stopWaiting(name);
    startFallback(name, fallback, failure, this);
  }

  cancelled(name: string, reason?: string): void {
    this.#end(name, { state: "cancelled", ...(reason !== undefined && { error: reason }) });
  }

  #end(name: string, change: Partial<TaskRun>): void {
    this.stopWaiting(name);
    this.#turns.delete(name);
    releaseResources(name, this);
    this.update(name, { ...change, finishedAt: isoTime(this.#clock) });
    this.#planning.ended(this.record(name));
  }
}

/** What may have ended before anybody could look: a step of the run itself. */
function mayEndSoon({ uses, state, inputs }: TaskRun): boolean {
  if (state === "waiting" || state === "failed") return false;
  return taskTypes.get(uses)?.kind === "step" && !isIsolated({ uses, parameters: inputs });
}

function deadlineFailure({ deadline }: Task, when: string): TaskFailure {
  return {
    code: "task-deadline",
    message: `its deadline of ${deadline} s after the run's start passed ${when}`,
  };
}

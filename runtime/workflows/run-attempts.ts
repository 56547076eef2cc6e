import * as restate from "@restatedev/restate-sdk";
import { type AttemptResult, cancelledCode } from "./attempt.ts";
import { type AttemptRequest, performAttempt } from "./attempt-request.ts";
import type { RunServices } from "./run-state.ts";
import type { RunWaits } from "./run-waits.ts";
import { type TaskService, taskServiceName } from "./task-service.ts";
import { taskTypes } from "./task-types/task-types.ts";

/**
 * Attempts within the run that are under way at the same time. The SDK looks at all that is awaited whenever something was
 * recorded: a thousand at once would cost it a thousand looks for each.
 */
const maximumInlineAttempts = 32;

/** Attempts of instants whose results are recorded together: that costs more than they do. */
const maximumInstants = 50;

export interface AttemptOptions {
  /** A cancel of the run does not end it: it undoes something. Default false. */
  survivesCancel?: boolean;
}

interface Attempt {
  request: AttemptRequest;
  then: (result: AttemptResult) => void;
  survivesCancel: boolean;
  /** Where it is an invocation of its own. */
  invocation?: restate.InvocationPromise<AttemptResult>;
}

/** The attempts of a run: started at once or when there is room, as steps of the run or as invocations of their own. */
export class RunAttempts {
  readonly #context: restate.WorkflowContext;
  readonly #services: RunServices;
  readonly #waits: RunWaits;
  readonly #cancelled: AbortSignal;
  /** By task. */
  readonly #open = new Map<string, Set<Attempt>>();
  /** What waits for room, by task: in the order in which it came, which a Map keeps. */
  readonly #queue = new Map<string, Attempt[]>();
  #toCancel: Attempt[] = [];
  /** To be begun together before the run waits. */
  #instants: Attempt[] = [];
  #inline = 0;
  #isHeld = false;
  #isReleased = false;

  constructor(
    context: restate.WorkflowContext,
    services: RunServices,
    waits: RunWaits,
    cancelled: AbortSignal,
  ) {
    this.#context = context;
    this.#services = services;
    this.#waits = waits;
    this.#cancelled = cancelled;
  }

  /** Whether an attempt waits for its turn. */
  get isQueued(): boolean {
    return this.#queue.size > 0 || this.#instants.length > 0;
  }

  start(
    request: AttemptRequest,
    then: (result: AttemptResult) => void,
    { survivesCancel = false }: AttemptOptions = {},
  ): void {
    const attempt: Attempt = { request, then, survivesCancel };
    if (this.#hasRoom(attempt)) this.#begin(attempt);
    else this.#queue.set(request.task, [...(this.#queue.get(request.task) ?? []), attempt]);
  }

  /** While held no attempt starts but those that survive a cancel. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    // Invocations of their own were held too, and need no room.
    this.#isReleased = !isHeld;
    this.#startQueued();
    this.#isReleased = false;
  }

  /** Forgets the attempts of a task; those under way elsewhere are ended. */
  abandon(task: string): void {
    this.#queue.delete(task);
    if (this.#instants.length > 0)
      this.#instants = this.#instants.filter(({ request }) => request.task !== task);
    for (const attempt of this.#open.get(task) ?? []) {
      this.#close(attempt);
      if (attempt.invocation !== undefined) this.#toCancel.push(attempt);
    }
    this.#startQueued();
  }

  /** The run is cancelled: what waits for its turn ends now, what is under way soon. */
  cancel(): void {
    for (const [task, attempts] of this.#queue)
      this.#keepQueued(
        task,
        attempts.filter(({ survivesCancel }) => survivesCancel),
      );
    for (const attempts of this.#open.values())
      for (const attempt of attempts)
        if (!attempt.survivesCancel && attempt.invocation !== undefined) this.#toCancel.push(attempt);
  }

  /** To be awaited before the run next waits. */
  async flush(): Promise<void> {
    while (this.#instants.length > 0) this.#startTogether(this.#instants.splice(0, maximumInstants));
    const attempts = this.#toCancel;
    this.#toCancel = [];
    for (const { invocation } of attempts)
      if (invocation !== undefined) this.#context.cancel(await invocation.invocationId);
  }

  #startQueued(): void {
    for (const [task, attempts] of this.#queue) {
      if (this.#inline >= maximumInlineAttempts && !this.#isReleased) return;
      const left = attempts.filter((attempt) => {
        if (!this.#hasRoom(attempt)) return true;
        this.#begin(attempt);
        return false;
      });
      this.#keepQueued(task, left);
    }
  }

  #keepQueued(task: string, attempts: Attempt[]): void {
    if (attempts.length === 0) this.#queue.delete(task);
    else this.#queue.set(task, attempts);
  }

  #hasRoom({ request, survivesCancel }: Attempt): boolean {
    if (this.#isHeld && !survivesCancel) return false;
    return isIsolated(request) || isInstant(request) || this.#inline < maximumInlineAttempts;
  }

  #begin(attempt: Attempt): void {
    this.#opened(attempt);
    if (isIsolated(attempt.request)) this.#startIsolated(attempt);
    else if (isInstant(attempt.request)) this.#instants.push(attempt);
    else this.#startInline(attempt);
  }

  #startInline(attempt: Attempt): void {
    const { request } = attempt;
    this.#inline += 1;
    const result = this.#context.run(`${request.name}#${request.attempt}`, () => this.#perform(attempt));
    this.#await(attempt, result as restate.RestatePromise<AttemptResult>);
  }

  #perform({ request, survivesCancel }: Attempt): Promise<AttemptResult> {
    return performAttempt(request, this.#services, {
      cancelled: survivesCancel ? new AbortController().signal : this.#cancelled,
      abandoned: this.#context.request().attemptCompletedSignal,
    });
  }

  #startTogether(attempts: Attempt[]): void {
    const [first] = attempts;
    if (first === undefined) return;
    const name = `${first.request.name}#${first.request.attempt}`;
    const results = this.#context.run(
      attempts.length === 1 ? name : `${name} and ${attempts.length - 1} more`,
      () => Promise.all(attempts.map((attempt) => this.#perform(attempt))),
    );
    const ended = (values: AttemptResult[]) => {
      for (const [index, attempt] of attempts.entries())
        if (this.#close(attempt)) attempt.then(values[index] as AttemptResult);
      this.#startQueued();
    };
    // They belong to no single task: a task that was given up meanwhile is passed over.
    this.#waits.add("", results as restate.RestatePromise<AttemptResult[]>, ended, { endsByItself: true });
  }

  #startIsolated(attempt: Attempt): void {
    const { request } = attempt;
    const client = this.#context.serviceClient<TaskService>({ name: taskServiceName });
    const options = restate.rpc.opts<AttemptRequest, AttemptResult>({
      name: `${request.name}#${request.attempt}`,
    });
    attempt.invocation = client.attempt(
      request,
      options as never,
    ) as restate.InvocationPromise<AttemptResult>;
    this.#await(
      attempt,
      attempt.invocation.map((result, failure) =>
        failure === undefined ? (result as AttemptResult) : lost(failure),
      ),
    );
  }

  #await(attempt: Attempt, result: restate.RestatePromise<AttemptResult>): void {
    const ended = (value: AttemptResult) => {
      this.#close(attempt);
      attempt.then(value);
      this.#startQueued();
    };
    this.#waits.add(attempt.request.task, result, ended, { endsByItself: true });
  }

  #opened(attempt: Attempt): void {
    const { task } = attempt.request;
    this.#open.set(task, (this.#open.get(task) ?? new Set()).add(attempt));
  }

  /** False where it was given up before. */
  #close(attempt: Attempt): boolean {
    const { task } = attempt.request;
    const open = this.#open.get(task);
    if (open?.delete(attempt) !== true) return false;
    if (open.size === 0) this.#open.delete(task);
    if (attempt.invocation === undefined && !isInstant(attempt.request)) this.#inline -= 1;
    return true;
  }
}

function isIsolated({ uses, parameters }: AttemptRequest): boolean {
  const type = taskTypes.get(uses);
  if (type?.kind !== "step" || type.isolated === undefined) return false;
  return type.isolated === true || type.isolated(parameters);
}

function isInstant({ uses, pace, cache }: AttemptRequest): boolean {
  const type = taskTypes.get(uses);
  return type?.kind === "step" && type.isInstant === true && pace === 0 && cache === undefined;
}

/** An invocation that gave no result: it was cancelled, or ended by hand through Restate. Its times are not known. */
function lost(failure: restate.TerminalError): AttemptResult {
  const times = { startedAt: 0, finishedAt: 0 };
  if (failure instanceof restate.CancelledError || failure.code === cancelledStatus)
    return { ...times, error: { code: cancelledCode, message: "the run was cancelled" }, isRetryable: false };
  return { ...times, error: { code: "task-lost", message: failure.message }, isRetryable: true };
}

const cancelledStatus = 409;

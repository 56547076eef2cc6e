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
const maximumInlineAttempts = 64;

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
  readonly #open = new Set<Attempt>();
  #queue: Attempt[] = [];
  #toCancel: Attempt[] = [];
  #inline = 0;
  #isHeld = false;

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
    return this.#queue.length > 0;
  }

  start(
    request: AttemptRequest,
    then: (result: AttemptResult) => void,
    { survivesCancel = false }: AttemptOptions = {},
  ): void {
    this.#queue.push({ request, then, survivesCancel });
    this.#startQueued();
  }

  /** While held no attempt starts but those that survive a cancel. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#startQueued();
  }

  /** Forgets the attempts of a task; those under way elsewhere are ended. */
  abandon(task: string): void {
    this.#queue = this.#queue.filter(({ request }) => request.task !== task);
    for (const attempt of this.#open) {
      if (attempt.request.task !== task) continue;
      this.#close(attempt);
      if (attempt.invocation !== undefined) this.#toCancel.push(attempt);
    }
    this.#startQueued();
  }

  /** The run is cancelled: what waits for its turn ends now, what is under way soon. */
  cancel(): void {
    this.#queue = this.#queue.filter(({ survivesCancel }) => survivesCancel);
    for (const attempt of this.#open)
      if (!attempt.survivesCancel && attempt.invocation !== undefined) this.#toCancel.push(attempt);
  }

  /** To be awaited before the run next waits. */
  async flushCancels(): Promise<void> {
    const attempts = this.#toCancel;
    this.#toCancel = [];
    for (const { invocation } of attempts)
      if (invocation !== undefined) this.#context.cancel(await invocation.invocationId);
  }

  #startQueued(): void {
    const held: Attempt[] = [];
    const queue = this.#queue;
    this.#queue = [];
    for (const attempt of queue) {
      const { request, survivesCancel } = attempt;
      if (this.#isHeld && !survivesCancel) held.push(attempt);
      else if (isIsolated(request)) this.#startIsolated(attempt);
      else if (this.#inline < maximumInlineAttempts) this.#startInline(attempt);
      else held.push(attempt);
    }
    this.#queue = [...held, ...this.#queue];
  }

  #startInline(attempt: Attempt): void {
    const { request, survivesCancel } = attempt;
    this.#inline += 1;
    const result = this.#context.run(`${request.name}#${request.attempt}`, () =>
      performAttempt(request, this.#services, {
        cancelled: survivesCancel ? new AbortController().signal : this.#cancelled,
        abandoned: this.#context.request().attemptCompletedSignal,
      }),
    );
    this.#await(attempt, result as restate.RestatePromise<AttemptResult>);
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
    this.#open.add(attempt);
    const ended = (value: AttemptResult) => {
      this.#close(attempt);
      attempt.then(value);
      this.#startQueued();
    };
    this.#waits.add(attempt.request.task, result, ended, { endsByItself: true });
  }

  #close(attempt: Attempt): void {
    if (!this.#open.delete(attempt)) return;
    if (attempt.invocation === undefined) this.#inline -= 1;
  }
}

function isIsolated({ uses, parameters }: AttemptRequest): boolean {
  const type = taskTypes.get(uses);
  if (type?.kind !== "step" || type.isolated === undefined) return false;
  return type.isolated === true || type.isolated(parameters);
}

/** An invocation that gave no result: it was cancelled, or ended by hand through Restate. Its times are not known. */
function lost(failure: restate.TerminalError): AttemptResult {
  const times = { startedAt: 0, finishedAt: 0 };
  if (failure instanceof restate.CancelledError || failure.code === cancelledStatus)
    return { ...times, error: { code: cancelledCode, message: "the run was cancelled" }, isRetryable: false };
  return { ...times, error: { code: "task-lost", message: failure.message }, isRetryable: true };
}

const cancelledStatus = 409;

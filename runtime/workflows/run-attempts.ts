import * as restate from "@restatedev/restate-sdk";
import { type AttemptResult, cancelledCode } from "./attempt.ts";
import { type AttemptRequest, performAttempt } from "./attempt-request.ts";
import { type EndedAttempt, InlineAttempts } from "./inline-attempts.ts";
import { maximumUnwrittenMilliseconds } from "./run-record.ts";
import type { RunServices } from "./run-state.ts";
import type { RunWaits } from "./run-waits.ts";
import { type TaskService, taskServiceName } from "./task-service.ts";
import { taskTypes } from "./task-types/task-types.ts";

/** Attempts within the run that are under way at the same time. */
const maximumInlineAttempts = 64;

/** No task has such a name: what the step that records results of many tasks belongs to. */
const recordingWait = " results";

export interface AttemptOptions {
  /** A cancel of the run does not end it: it undoes something. Default false. */
  survivesCancel?: boolean;
}

interface Attempt {
  request: AttemptRequest;
  then: (result: AttemptResult) => void;
  survivesCancel: boolean;
  /** Where it is carried out within the run: from 1, in the order in which they were begun. */
  number?: number;
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
  /** Those within the run that are under way, by number. */
  readonly #numbered = new Map<number, Attempt>();
  readonly #inline = new InlineAttempts();
  #begun = 0;
  /** The durable step that records what ends next. */
  #recording: restate.RestatePromise<EndedAttempt[]> | undefined;
  /** Whether that step ends soon, with nothing where nothing has ended. */
  #isBackSoon = false;
  /** The step before it ended so. */
  #isOverdue = false;
  #toCancel: Attempt[] = [];
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

  /** Whether an attempt waits for its turn, or to be recorded. */
  get isOpen(): boolean {
    return this.#queue.size > 0 || this.#numbered.size > 0;
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

  /**
   * To be called before the run next waits, and before `cancelAbandoned`.
   * @param isWantedBack the run has changes that are to be written soon
   * @returns whether an attempt ends its wait soon
   */
  recordNext({ isWantedBack }: { isWantedBack: boolean }): boolean {
    this.#waitForRecord(isWantedBack && !this.#isOverdue);
    return this.#isBackSoon && this.#numbered.size > 0;
  }

  get hasAbandoned(): boolean {
    return this.#toCancel.length > 0;
  }

  /** Ends the invocations of attempts that were given up. */
  async cancelAbandoned(): Promise<void> {
    const attempts = this.#toCancel;
    this.#toCancel = [];
    for (const { invocation } of attempts)
      if (invocation !== undefined) this.#context.cancel(await invocation.invocationId);
  }

  #startQueued(): void {
    for (const [task, attempts] of this.#queue) {
      if (this.#numbered.size >= maximumInlineAttempts && !this.#isReleased) return;
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
    return isIsolated(request) || this.#numbered.size < maximumInlineAttempts;
  }

  #begin(attempt: Attempt): void {
    this.#opened(attempt);
    if (isIsolated(attempt.request)) this.#startIsolated(attempt);
    else this.#startInline(attempt);
  }

  #startInline(attempt: Attempt): void {
    const number = ++this.#begun;
    attempt.number = number;
    this.#numbered.set(number, attempt);
    this.#inline.add(number, () => this.#perform(attempt));
  }

  /** Waits for the step that gives what ends next, as long as anything may. */
  #waitForRecord(isWantedBack: boolean): void {
    const [first] = this.#numbered.values();
    if (first === undefined || this.#waits.has(recordingWait)) return;
    this.#recording ??= this.#startRecording(first, isWantedBack);
    this.#waits.add(recordingWait, this.#recording, (ended) => this.#recorded(ended), { endsByItself: true });
  }

  #startRecording({ request }: Attempt, isWantedBack: boolean): restate.RestatePromise<EndedAttempt[]> {
    this.#isBackSoon = isWantedBack;
    const others = this.#numbered.size - 1;
    const name = `${request.name}#${request.attempt}${others === 0 ? "" : ` and ${others} more`}`;
    const longest = isWantedBack ? maximumUnwrittenMilliseconds : undefined;
    return this.#context.run(name, () => this.#inline.collect(longest)) as restate.RestatePromise<
      EndedAttempt[]
    >;
  }

  #recorded(ended: EndedAttempt[]): void {
    this.#recording = undefined;
    this.#isBackSoon = false;
    this.#isOverdue = ended.length === 0;
    for (const { number, result } of ended) {
      const attempt = this.#numbered.get(number);
      // Its task was given up meanwhile.
      if (attempt === undefined) continue;
      this.#close(attempt);
      attempt.then(result);
    }
    this.#startQueued();
  }

  #perform({ request, survivesCancel }: Attempt): Promise<AttemptResult> {
    return performAttempt(request, this.#services, {
      cancelled: survivesCancel ? new AbortController().signal : this.#cancelled,
      abandoned: this.#context.request().attemptCompletedSignal,
    });
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

  #close(attempt: Attempt): void {
    const { task } = attempt.request;
    const open = this.#open.get(task);
    open?.delete(attempt);
    if (open?.size === 0) this.#open.delete(task);
    if (attempt.number === undefined) return;
    this.#numbered.delete(attempt.number);
    this.#inline.forget(attempt.number);
    if (this.#numbered.size === 0) this.#waits.remove(recordingWait);
  }
}

/** Whether an attempt is an invocation of its own. */
export function isIsolated({ uses, parameters }: Pick<AttemptRequest, "uses" | "parameters">): boolean {
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

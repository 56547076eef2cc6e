import * as restate from "@restatedev/restate-sdk";
import type { ControlRequest } from "./run-state.ts";
import { controlPromise } from "./run-state.ts";

/**
 * What is asked of a run from outside, in the order in which it was: a chain of durable promises, each taken by the run
 * when the one before it was. Whoever asks resolves the first that is free.
 */
export class RunControls {
  readonly #context: restate.WorkflowContext;
  readonly #handle: (request: ControlRequest) => void;
  #taken = 0;
  #next: restate.RestatePromise<() => void> | undefined;

  constructor(context: restate.WorkflowContext, handle: (request: ControlRequest) => void) {
    this.#context = context;
    this.#handle = handle;
  }

  /** How many the run has taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Resolves with what is to be done. */
  next(): restate.RestatePromise<() => void> {
    this.#next ??= this.#context
      .promise<ControlRequest>(controlPromise(this.#taken))
      .get()
      .map((request) => () => {
        this.#taken += 1;
        this.#next = undefined;
        this.#handle(request as ControlRequest);
      });
    return this.#next;
  }
}

/**
 * Asks the run for something, unless it was the last thing that it was asked for.
 * @param taken how many requests the run has taken, or fewer
 */
export async function askRun(
  context: restate.WorkflowSharedContext,
  taken: number,
  request: ControlRequest,
): Promise<void> {
  let last: ControlRequest["kind"] = "resume";
  for (let index = Math.max(0, taken - 1); ; ) {
    const promise = context.promise<ControlRequest>(controlPromise(index));
    const asked = await promise.peek();
    if (asked !== undefined && asked !== null) {
      last = asked.kind;
      index += 1;
    } else if (last === request.kind || last === "cancel") return;
    else if (await resolved(promise, request)) return;
  }
}

/** False where somebody else was faster. */
async function resolved(
  promise: restate.DurablePromise<ControlRequest>,
  request: ControlRequest,
): Promise<boolean> {
  try {
    await promise.resolve(request);
    return true;
  } catch (error) {
    if (!(error instanceof restate.TerminalError) || error instanceof restate.CancelledError) throw error;
    return false;
  }
}

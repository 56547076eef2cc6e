import * as restate from "@restatedev/restate-sdk";
import { ApiError, invalidInput } from "../../errors.ts";
import type { Grant } from "../admission/amounts.ts";
import { type AttemptResult, cancellation, checkOutputs, failureOf } from "../attempt.ts";
import type { Scope } from "../expressions.ts";
import { invocationRetries } from "../invocation-retries.ts";
import type { ItemCounts } from "../run.ts";
import type { CancelRequest, RunServices } from "../run-state.ts";
import type { CompositeTaskType } from "../task-type.ts";
import { taskTypes } from "../task-types/task-types.ts";
import type { Json } from "../workflow.ts";
import { createCompositeContext } from "./composite-context.ts";
import { ItemProgress, readItemProgress } from "./item-progress.ts";

/** What a task that carries out others is started with. */
export interface CompositeInput {
  runId: string;
  task: string;
  /** The task's idempotency key. Default: `RUNID/TASK`. */
  key?: string;
  uses: string;
  /** The `with`, evaluated but for the members that the type evaluates itself. */
  parameters: Json;
  /** What expressions in those members look at. */
  scope: Scope;
  workflow: string;
  version: number;
  /** What each of the many may use: what the task was granted. What is absent is not limited. */
  resources?: Grant;
  /** Seconds that each step is held. */
  pace: number;
}

export type CompositeResult = AttemptResult & { items?: ItemCounts | undefined };

export const compositeServiceName = "Composite";
const cancelPromise = "cancel";

const faults = [TypeError, ReferenceError, RangeError];

export type CompositeService = ReturnType<typeof createCompositeService>;

/**
 * Carries out tasks that consist of many, keyed by run and task, apart from their run: its journal stays short however
 * many items there are.
 */
export function createCompositeService(services: RunServices) {
  return restate.workflow({
    name: compositeServiceName,
    handlers: {
      run: (context: restate.WorkflowContext, input: CompositeInput) => execute(context, input, services),
      cancel: restate.handlers.workflow.shared({ journalRetention: 0 }, cancel),
      items: restate.handlers.workflow.shared({ journalRetention: 0 }, readItemProgress),
    },
    options: {
      journalRetention: 0,
      workflowRetention: 0,
      inactivityTimeout: { minutes: 5 },
      abortTimeout: { hours: 24 },
      retryPolicy: invocationRetries,
    },
  });
}

async function cancel(context: restate.WorkflowSharedContext, request: CancelRequest): Promise<void> {
  try {
    await context.promise<CancelRequest>(cancelPromise).resolve(request);
  } catch (error) {
    // Asked for twice.
    if (!(error instanceof restate.TerminalError)) throw error;
  }
}

async function execute(
  context: restate.WorkflowContext,
  input: CompositeInput,
  services: RunServices,
): Promise<CompositeResult> {
  const controller = services.executions.controllerOf(input.runId);
  const now = () => context.run("now", async () => services.clock.now());
  const startedAt = await now();
  const progress = new ItemProgress(context);
  const cancelled = context.promise<CancelRequest>(cancelPromise).get();
  try {
    const type = taskTypes.get(input.uses) as CompositeTaskType<unknown>;
    const parameters = type.schema.safeParse(input.parameters);
    if (!parameters.success) throw invalidParameters(parameters.error.issues);
    const composite = createCompositeContext({ context, input, services, controller, cancelled, progress });
    const outputs = checkOutputs(await type.execute(parameters.data, composite));
    return { startedAt, finishedAt: await now(), items: progress.counts, outputs };
  } catch (error) {
    const failure = error instanceof restate.CancelledError ? cancellation() : error;
    // A fault of the code would come again at every attempt; anything else is Restate's, or a connection's.
    if (!(failure instanceof ApiError || faults.some((Fault) => failure instanceof Fault))) throw error;
    // What it consists of has been tried again already.
    const times = { startedAt, finishedAt: await now() };
    return { ...times, items: progress.counts, ...failureOf(failure), isRetryable: false };
  } finally {
    services.executions.remove(input.runId, controller);
  }
}

function invalidParameters(issues: { path: PropertyKey[]; message: string }[]): ApiError {
  const problems = issues.map(({ path, message }) => ({ path: ["with", ...path].join("."), message }));
  return invalidInput("invalid-parameters", problems, "parameters");
}

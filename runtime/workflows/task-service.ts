import * as restate from "@restatedev/restate-sdk";
import type { AttemptResult } from "./attempt.ts";
import { type AttemptRequest, performAttempt } from "./attempt-request.ts";
import { invocationRetries } from "./invocation-retries.ts";
import type { RunServices } from "./run-state.ts";

export const taskServiceName = "Task";

/**
 * Carries out attempts of tasks whose type is `isolated`, each an invocation of its own that Restate gives to any replica.
 * Cancelling the invocation ends the attempt, and its result says so.
 */
export function createTaskService(services: RunServices) {
  return restate.service({
    name: taskServiceName,
    handlers: {
      attempt: (context: restate.Context, request: AttemptRequest) => attempt(context, request, services),
    },
    options: {
      journalRetention: 0,
      inactivityTimeout: { hours: 24 },
      abortTimeout: { hours: 24 },
      retryPolicy: invocationRetries,
    },
  });
}

export type TaskService = ReturnType<typeof createTaskService>;

async function attempt(
  context: restate.Context,
  request: AttemptRequest,
  services: RunServices,
): Promise<AttemptResult> {
  const cancellation = new AbortController();
  let execution: Promise<AttemptResult> | undefined;
  const perform = () => {
    execution = performAttempt(request, services, {
      cancelled: cancellation.signal,
      abandoned: context.request().attemptCompletedSignal,
    });
    return execution;
  };
  try {
    return (await context.run(request.name, perform)) as AttemptResult;
  } catch (error) {
    if (!(error instanceof restate.CancelledError)) throw error;
    cancellation.abort();
    // Ended before the run hears of it: nothing of it happens after the run's end.
    await execution?.catch(() => undefined);
    throw error;
  }
}

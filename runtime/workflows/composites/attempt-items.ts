import * as restate from "@restatedev/restate-sdk";
import { ApiError } from "../../errors.ts";
import { type AttemptResult, cancellation, failureOf } from "../attempt.ts";
import { type AttemptRequest, performAttempt } from "../attempt-request.ts";
import { type TaskService, taskServiceName } from "../task-service.ts";
import type { StepTaskType } from "../task-type.ts";
import { evaluateTemplates } from "../templates.ts";
import type { Json } from "../workflow.ts";
import type { Body } from "./body.ts";
import type { CompositeContextOptions } from "./composite-context.ts";

export interface ItemsOptions extends CompositeContextOptions {
  items: Json[];
  body: Body;
  type: StepTaskType<unknown>;
  mayFail: number;
  /** Attempts that are invocations of their own, while they run. */
  invocations: Set<restate.InvocationPromise<AttemptResult>>;
}

/**
 * One attempt, numbered from 1, at each of the items: one after the other within one durable step, or an invocation of
 * its own, of one item, where the body's type is isolated.
 */
export function attemptItems(
  options: ItemsOptions,
  indexes: number[],
  number: number,
): restate.RestatePromise<AttemptResult[]> {
  const [first = 0] = indexes;
  const { isolated } = options.type;
  if (isolated === undefined)
    return options.context.run(`${first}#${number}`, () => attemptInTurn(options, indexes, number));
  const parameters = parametersOf(options, first);
  if ("failed" in parameters) return restate.RestatePromise.resolve([parameters.failed]);
  const request = requestOf(options, parameters.value, first, number);
  if (isolated === true || isolated(parameters.value)) return attemptElsewhere(options, request);
  return options.context.run(request.name, async () => [await attemptHere(options, request)]);
}

async function attemptInTurn(
  options: ItemsOptions,
  indexes: number[],
  number: number,
): Promise<AttemptResult[]> {
  const results: AttemptResult[] = [];
  let failed = 0;
  for (const index of indexes) {
    const parameters = parametersOf(options, index);
    const result =
      "failed" in parameters
        ? parameters.failed
        : await attemptHere(options, requestOf(options, parameters.value, index, number));
    results.push(result);
    if (!("outputs" in result) && !result.isRetryable) failed++;
    if (failed > options.mayFail) break;
  }
  return results;
}

function attemptHere(
  { context, services, controller }: ItemsOptions,
  request: AttemptRequest,
): Promise<AttemptResult> {
  return performAttempt(request, services, {
    cancelled: controller.signal,
    abandoned: context.request().attemptCompletedSignal,
  });
}

function attemptElsewhere(
  { context, invocations }: ItemsOptions,
  request: AttemptRequest,
): restate.RestatePromise<AttemptResult[]> {
  const invocation = context
    .serviceClient<TaskService>({ name: taskServiceName })
    .attempt(request) as restate.InvocationPromise<AttemptResult>;
  invocations.add(invocation);
  return invocation.map((result, failure) => {
    invocations.delete(invocation);
    return [result ?? lost(failure)];
  });
}

/** An invocation that gave no result: it was cancelled, or ended by hand through Restate. */
function lost(failure: restate.TerminalError | undefined): AttemptResult {
  const times = { startedAt: 0, finishedAt: 0 };
  if (failure instanceof restate.CancelledError) return { ...times, ...failureOf(cancellation()) };
  const message = failure?.message ?? "the attempt was lost";
  return { ...times, error: { code: "task-lost", message }, isRetryable: true };
}

function parametersOf(
  { input, body, items }: ItemsOptions,
  index: number,
): { value: Json } | { failed: AttemptResult } {
  try {
    return { value: evaluateTemplates(body.with, { ...input.scope, item: items[index] as Json, index }) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { failed: { startedAt: 0, finishedAt: 0, ...failureOf(error) } };
  }
}

function requestOf(
  { input, body }: ItemsOptions,
  parameters: Json,
  index: number,
  attempt: number,
): AttemptRequest {
  const { runId, workflow, version, pace } = input;
  const name = `${input.task}/${index}`;
  const key = `${input.key ?? `${runId}/${input.task}`}/${index}`;
  const { uses, timeout } = body;
  const { resources } = input;
  return {
    ...{ runId, workflow, version, task: name, name, key, attempt, uses, parameters, pace, timeout },
    ...(resources !== undefined && { resources }),
  };
}

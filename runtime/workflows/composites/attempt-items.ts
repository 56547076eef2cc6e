import type { RestatePromise } from "@restatedev/restate-sdk";
import { ApiError } from "../../errors.ts";
import { type AttemptResult, attemptTask, failureOf } from "../attempt.ts";
import { createTaskLog } from "../task-log.ts";
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
}

/** One attempt, numbered from 1, at each of the items, one after the other within one durable step. */
export function attemptItems(
  options: ItemsOptions,
  indexes: number[],
  number: number,
): RestatePromise<AttemptResult[]> {
  return options.context.run(`${indexes[0]}#${number}`, async () => {
    const results: AttemptResult[] = [];
    let failed = 0;
    for (const index of indexes) {
      const result = await attemptItem(options, index, number);
      results.push(result);
      if (!("outputs" in result) && !result.isRetryable) failed++;
      if (failed > options.mayFail) break;
    }
    return results;
  });
}

async function attemptItem(options: ItemsOptions, index: number, number: number): Promise<AttemptResult> {
  const { input, body, items } = options;
  try {
    const parameters = evaluateTemplates(body.with, { ...input.scope, item: items[index] as Json, index });
    return await execute(options, parameters, index, number);
  } catch (error) {
    // Anything else is thrown by an attempt that was given up: it is made again elsewhere.
    if (!(error instanceof ApiError) || error.code !== "expression-failed") throw error;
    const at = Date.now();
    return { startedAt: at, finishedAt: at, ...failureOf(error) };
  }
}

function execute(
  options: ItemsOptions,
  parameters: Json,
  index: number,
  number: number,
): Promise<AttemptResult> {
  const { context, input, services, controller, body, type } = options;
  const { runId, workflow, version, pace } = input;
  const { executions, workflows, store, secrets, outbound, mailer, inference, containers, logger } = services;
  const task = `${input.task}/${index}`;
  const key = `${input.key ?? `${runId}/${input.task}`}/${index}`;
  return executions.run(key, () =>
    attemptTask({
      type,
      parameters,
      pace,
      timeout: body.timeout,
      cancelled: controller.signal,
      abandoned: context.request().attemptCompletedSignal,
      log: createTaskLog({ store, logger, runId, name: task, attempt: number }),
      context: {
        runId,
        task,
        attempt: number,
        key,
        store,
        secrets,
        outbound,
        mailer,
        inference,
        containers,
        resources: input.resources,
        logger,
        files: async () => (await workflows.get(workflow, version)).files,
      },
    }),
  );
}

import { acquireResources } from "../admission/hold-resources.ts";
import { cancelledCode } from "../attempt.ts";
import {
  type CompositeInput,
  type CompositeResult,
  type CompositeService,
  compositeServiceName,
} from "../composites/composite-service.ts";
import { isoTime, recordedInputs } from "../run-document.ts";
import type { CompositeTaskType } from "../task-type.ts";
import { taskTypes } from "../task-types/task-types.ts";
import { restrictScope } from "../templates.ts";
import type { RunScope, TaskKind } from "./task-kind.ts";

/** A task that consists of many: an invocation of its own, apart from the run's journal. */
export const composite: TaskKind = {
  takesTurn: true,
  start(name, run) {
    acquireResources(name, run, () => begin(name, run));
  },
  cancel(name, run) {
    // While it waits in line nothing of it has begun.
    if (run.record(name).attempts === 0) return;
    const request = run.cancelRequest ?? { reason: "the task's deadline passed", at: run.clock };
    run.context
      .workflowSendClient<CompositeService>({ name: compositeServiceName }, run.keyOf(name))
      .cancel(request);
  },
};

function begin(name: string, run: RunScope): void {
  const parameters = run.parameters(name);
  if (parameters === undefined) return;
  const { uses, with: written } = run.specification(name);
  const { deferred = {} } = taskTypes.get(uses) as CompositeTaskType<unknown>;
  const { id, workflow, version, pace } = run.input;
  const { granted } = run.record(name);
  const input: CompositeInput = {
    runId: id,
    task: name,
    key: run.keyOf(name),
    uses,
    parameters: parameters.value,
    scope: restrictScope(
      run.scope(),
      Object.keys(deferred).map((key) => written[key]),
    ),
    workflow: workflow.name,
    version,
    ...(granted != null && { resources: granted }),
    pace,
  };
  const inputs = recordedInputs(parameters.value);
  run.update(name, { state: "running", attempts: 1, startedAt: isoTime(run.clock), inputs });
  const result = run.context
    .workflowClient<CompositeService>({ name: compositeServiceName }, run.keyOf(name))
    .run(input)
    .map((value, failure) => value ?? failed(failure?.message ?? "unknown reason", run.clock));
  run.wait(name, result, (value) => ended(name, value, run), { endsByItself: true });
}

function failed(message: string, at: number): CompositeResult {
  return { startedAt: at, finishedAt: at, error: { code: "internal-error", message }, isRetryable: false };
}

function ended(name: string, result: CompositeResult, run: RunScope): void {
  run.advance(result.finishedAt);
  if (result.items !== undefined) run.update(name, { items: result.items });
  if ("outputs" in result) run.succeed(name, result.outputs);
  else if (run.cancelRequest !== undefined) run.cancelled(name, result.error.message);
  else if (result.error.code === cancelledCode)
    run.cancel({ reason: result.error.message, at: result.finishedAt });
  else run.fail(name, result.error);
}

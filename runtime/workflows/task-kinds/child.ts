import { ApiError } from "../../errors.ts";
import { prepareRun } from "../prepare-run.ts";
import { isFinal, type Run, runIdForTask } from "../run.ts";
import { isoTime } from "../run-document.ts";
import { inputOf, retryDocument } from "../run-inputs.ts";
import type { RunService } from "../run-service.ts";
import { type RunInput, type RunServices, runServiceName, workflowKey } from "../run-state.ts";
import type { ChildParameters, ChildTaskType } from "../task-type.ts";
import { checkedParameters } from "./checked-parameters.ts";
import type { RunScope, TaskFailure, TaskKind } from "./task-kind.ts";

type Prepared = { input: RunInput } | { ended: Run } | { failure: TaskFailure };

/** A task that starts a run of another workflow, once however often it is replayed, and ends with it. */
export const child: TaskKind = {
  takesTurn: false,
  start(name, run) {
    const found = checkedParameters<ChildTaskType>(name, run);
    if (found === undefined) return;
    run.update(name, { state: "running", attempts: 1, startedAt: isoTime(run.clock), inputs: found.inputs });
    const prepared = run.context.run(`${name}: prepare`, () => prepare(name, found.parameters, run));
    run.wait(name, prepared, (result) => startChild(name, result, run), { endsByItself: true });
  },
  cancel(name, run) {
    const { run: childId } = run.record(name);
    if (childId === undefined) return;
    const cancelRequest = run.cancelRequest ?? { reason: "its task's deadline passed", at: run.clock };
    const reason = `run ${run.input.id}, which started it, was cancelled: ${cancelRequest.reason}`;
    run.context
      .workflowSendClient<RunService>({ name: runServiceName }, keyOfChild(name, childId, run))
      .control({ kind: "cancel", ...cancelRequest, reason });
  },
};

/** Runs within a durable step; what is nobody's fault is tried again by Restate. */
async function prepare(
  name: string,
  { workflow, version, inputs }: ChildParameters,
  { input, services }: RunScope,
): Promise<Prepared> {
  try {
    const again =
      (input.execution ?? 1) > 1 ? await prepareAgain(runIdForTask(input.id, name), services) : undefined;
    if (again !== undefined) return again;
    const prepared = await prepareRun(services, {
      workflow,
      version,
      inputs,
      unknownNames: "refuse",
      pace: input.pace,
      id: runIdForTask(input.id, name),
      parent: { run: input.id, task: name },
      depth: (input.depth ?? 0) + 1,
    });
    return { input: prepared };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    return { failure: { code: error.code, message: error.message } };
  }
}

/** Of a retried run: its sub-workflow goes on from where it was too. Undefined where it never began. */
async function prepareAgain(id: string, { runs, workflows }: RunServices): Promise<Prepared | undefined> {
  const known = await runs.readWithEtag(id);
  if (known === undefined) return undefined;
  if (!isFinal(known.run.state)) return { input: await inputOf(known, workflows) };
  if (known.run.state === "succeeded") return { ended: known.run };
  const next = await retryDocument(known.run, workflows);
  await runs.recordRetry(next, known.etag);
  return { input: await inputOf({ run: next }, workflows) };
}

function startChild(name: string, prepared: Prepared, run: RunScope): void {
  if (run.cancelRequest !== undefined) run.cancelled(name);
  else if ("failure" in prepared) run.fail(name, prepared.failure);
  else if ("ended" in prepared) childEnded(name, prepared.ended.id, prepared.ended, run);
  else callChild(name, prepared.input, run);
}

function callChild(name: string, input: RunInput, run: RunScope): void {
  const { id, execution } = input;
  run.update(name, { run: id, ...(execution !== undefined && { runExecution: execution }) });
  const ended = run.context
    .workflowClient<RunService>({ name: runServiceName }, keyOfChild(name, id, run))
    .run(input)
    // Why a run ended as it did is in its document.
    .map(() => id);
  run.wait(name, ended, () => readEnd(name, id, run), { endsByItself: true });
}

function keyOfChild(name: string, id: string, run: RunScope): string {
  return workflowKey({ id, execution: run.record(name).runExecution ?? 1 });
}

function readEnd(name: string, id: string, run: RunScope): void {
  const { runs } = run.services;
  const document = run.context.run(`${name}: result`, async () => (await runs.read(id)) ?? null);
  run.wait(name, document, (value) => childEnded(name, id, value, run), { endsByItself: true });
}

function childEnded(name: string, id: string, document: Run | null, run: RunScope): void {
  if (document?.finishedAt != null) run.advance(Date.parse(document.finishedAt));
  const state = document?.state ?? "lost";
  const reason = document?.error ?? "unknown reason";
  if (state === "succeeded") run.succeed(name, document?.outputs ?? {});
  else if (run.cancelRequest !== undefined) run.cancelled(name, reason);
  else
    run.fail(name, {
      code: state === "cancelled" ? "sub-workflow-cancelled" : "sub-workflow-failed",
      message: `run ${id} ${state === "failed" ? "failed" : `was ${state}`}: ${reason}`,
    });
}

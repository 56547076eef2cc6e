import { randomUUID } from "node:crypto";
import { ApiError, invalidInput, notFound } from "../errors.ts";
import type { Clock } from "./clock.ts";
import { type AddRequest, maximumDataBytes } from "./events/event-log.ts";
import { eventRefused } from "./events/event-refused.ts";
import type { Executions } from "./executions.ts";
import { checkedId, type RunReader, runNotFound } from "./read-runs.ts";
import type { RestateClient } from "./restate.ts";
import { isFinal, type Run } from "./run.ts";
import type { RunStarter } from "./run-starter.ts";
import type { Json } from "./workflow.ts";
import type { SignalRequest, WorkflowEngine } from "./workflow-engine.ts";

/** What may be done to a run that there is. */
export type RunActions = Pick<
  WorkflowEngine,
  "cancelRun" | "pauseRun" | "resumeRun" | "retryRun" | "approve" | "signal"
>;

export function createRunActions({
  reader: { getRun, live },
  restate,
  executions,
  starter,
  clock,
}: {
  reader: RunReader;
  restate: RestateClient;
  /** Of this process. */
  executions: Executions;
  starter: RunStarter;
  clock: Pick<Clock, "now">;
}): RunActions {
  async function cancelRun(id: string, reason = "cancelled"): Promise<Run> {
    const run = await runningRun(id);
    await restate.control(run, { kind: "cancel", reason, at: clock.now() });
    executions.cancel(id);
    return await getRun(id);
  }

  async function runningRun(id: string): Promise<Run> {
    const run = await getRun(id);
    if (isFinal(run.state))
      throw new ApiError(`run ${id} has ended already: ${run.state}`, { status: 409, code: "run-ended" });
    return run;
  }

  async function pauseOrResume(id: string, kind: "pause" | "resume"): Promise<Run> {
    await restate.control(await runningRun(id), { kind, at: clock.now() });
    return await getRun(id);
  }

  async function retryRun(id: string): Promise<Run> {
    const run = await starter.retry(checkedId(id));
    if (run === undefined) throw runNotFound(id);
    return await live(run);
  }

  async function approve(
    id: string,
    answer: { task: string; decision: string; person?: string | undefined; comment?: string | undefined },
  ): Promise<Run> {
    const run = await getRun(id);
    checkTask(run, answer.task);
    const { task, decision, person = null, comment = null } = answer;
    const reply = isFinal(run.state)
      ? "not-running"
      : await restate.approve(run, { task, decision, person, comment, at: clock.now() });
    // Read anew: it may have gone on, or ended, since it was looked at.
    if (reply !== "accepted") throw approvalRefused(reply, answer.task, await getRun(id));
    return await getRun(id);
  }

  async function signal(
    id: string,
    { name, data = null, id: eventId = randomUUID() }: SignalRequest,
  ): Promise<Run> {
    const bytes = Buffer.byteLength(JSON.stringify(data));
    if (bytes > maximumDataBytes)
      throw invalidInput(
        "invalid-event",
        [{ path: "data", message: `is ${bytes} bytes, at most ${maximumDataBytes} are allowed` }],
        "event",
      );
    const request: AddRequest = { id: eventId, name, data: data as Json, at: clock.now() };
    const reply = await restate.addEvent(checkedId(id), request);
    if (reply !== "accepted") throw eventRefused(reply, id, name);
    return await getRun(id);
  }

  return {
    cancelRun,
    pauseRun: (id) => pauseOrResume(id, "pause"),
    resumeRun: (id) => pauseOrResume(id, "resume"),
    retryRun,
    approve,
    signal,
  };
}

/** @throws ApiError `task-not-found` (404) */
export function checkTask({ id, tasks }: Run, name: string): void {
  if (tasks.some((task) => task.name === name)) return;
  throw notFound(
    "task-not-found",
    `run ${id} has no task "${name}"; its tasks are ${tasks.map((task) => task.name).join(", ")}`,
  );
}

function approvalRefused(
  reply: "not-running" | "not-waiting" | "already-decided" | { refused: string },
  task: string,
  run: Run,
): ApiError {
  if (typeof reply === "object")
    return invalidInput("invalid-decision", [{ path: "decision", message: reply.refused }], "decision");
  const decided = run.tasks.find((one) => one.name === task)?.outputs;
  if (reply === "already-decided" || (decided !== null && decided !== undefined))
    return new ApiError(`task ${task} of run ${run.id} was decided already`, {
      status: 409,
      code: "already-decided",
    });
  return new ApiError(`task ${task} of run ${run.id} is not waiting for a decision`, {
    status: 409,
    code: "not-waiting",
  });
}

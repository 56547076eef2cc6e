import { setTimeout as sleep } from "node:timers/promises";
import { CannotRun, type Output, styled } from "./output.ts";
import { type Run, runSummary, type TaskRun, taskLine } from "./run-view.ts";
import { type RuntimeClient, RuntimeError, RuntimeUnreachable } from "./runtime-client.ts";

const POLL_MILLISECONDS = 100;
const FINAL_STATES = new Set(["succeeded", "failed", "cancelled"]);

export interface FollowOptions {
  /** Default: never. */
  giveUpSeconds?: number;
}

/** Shows each change of a run until it ends. The runtime may go away and come back meanwhile. @throws CannotRun */
export async function followRun(
  client: RuntimeClient,
  id: string,
  output: Output,
  { giveUpSeconds = Number.POSITIVE_INFINITY }: FollowOptions = {},
): Promise<Run> {
  const show = createLiveView(output);
  const deadline = Date.now() + giveUpSeconds * 1000;
  let wasReachable = true;
  while (Date.now() < deadline) {
    try {
      const run = await client.request<Run>("GET", `/v1/runs/${id}`);
      if (!wasReachable) output.line(styled("yellow", "the runtime is back"));
      wasReachable = true;
      show(run, client);
      if (FINAL_STATES.has(run.state)) return run;
    } catch (error) {
      // 404: the message still waits on the queue. 5xx: a part of the runtime restarts.
      const isTransient = error instanceof RuntimeError && (error.status === 404 || error.status >= 500);
      if (!isTransient && !(error instanceof RuntimeUnreachable)) throw error;
      if (error instanceof RuntimeUnreachable && wasReachable) {
        output.line(
          styled(
            "yellow",
            "the runtime does not answer; the run goes on once npm run up has brought it back",
          ),
        );
        wasReachable = false;
      }
    }
    await sleep(POLL_MILLISECONDS);
  }
  throw new CannotRun(
    `run ${id} did not end within ${giveUpSeconds} s; it is kept: npm run skyloom -- runs show ${id}`,
  );
}

/** Prints a task's line whenever its state changes, and at each tenth of its items. */
function createLiveView(output: Output): (run: Run, client: RuntimeClient) => void {
  const shown = new Map<string, string>();
  return (run) => {
    if (shown.size === 0) output.line(runSummary(run));
    for (const task of run.tasks) {
      const now = `${task.state} ${tenthOf(task)}`;
      const isNews = shown.get(task.name) !== now;
      shown.set(task.name, now);
      if (!isNews || task.state === "pending") continue;
      output.line(taskLine(task));
      if (task.state === "waiting" && task.uses === "approve") output.line(howToApprove(run.id, task.name));
    }
    if (FINAL_STATES.has(run.state)) output.line(runSummary(run));
  };
}

function tenthOf({ state, items }: TaskRun): number {
  if (state !== "running" || items === undefined) return 0;
  return Math.floor((10 * (items.succeeded + items.failed)) / items.count);
}

function howToApprove(run: string, task: string): string {
  return styled("yellow", `    a person must decide: npm run skyloom -- runs approve ${run} --task ${task}`);
}

import { otherAccelerator } from "../../capacity/capacity-source.ts";
import type { RunScope } from "../task-kinds/task-kind.ts";
import type { Grant } from "./amounts.ts";
import { defaultPool } from "./declared-pools.ts";
import { type PoolObject, poolServiceName } from "./pool-object.ts";

/**
 * Waits until the task's resources are granted, and holds no process meanwhile; calls `then` at once where it needs none.
 * Its record says what it was granted; null: it waits in line.
 */
export function acquireResources(task: string, run: RunScope, then: () => void): void {
  const { resources, priority } = run.specification(task);
  if (resources === undefined) {
    then();
    return;
  }
  const { id, promise } = run.context.awakeable<Grant>();
  const { name: workflow, share } = run.input.workflow;
  const rank = run.plannedStart(task);
  pool(task, run).acquire({
    holder: holderOf(task, run),
    run: run.context.key,
    workflow,
    task,
    resources,
    priority,
    share: share ?? 1,
    ...(rank !== undefined && { rank }),
    awakeable: id,
    at: run.clock,
  });
  run.update(task, { state: "waiting", granted: null });
  run.wait(task, promise, (granted) => {
    run.update(task, { granted: told(granted) });
    then();
  });
  waitForDeadline(task, run);
}

/** Its attempts see to the deadline themselves, but none has begun yet. */
function waitForDeadline(task: string, run: RunScope): void {
  const deadlineAt = run.deadlineAt(task);
  if (deadlineAt === undefined) return;
  const passed = run.sleepUntil(deadlineAt, `${task} deadline in line`);
  run.wait(task, passed, () => {
    if (run.record(task).granted !== null) return;
    run.advance(deadlineAt);
    const message = `its deadline of ${run.specification(task).deadline} s after the run's start passed while it waited for its resources`;
    run.fail(task, { code: "task-deadline", message });
  });
}

/** An accelerator without a name is none that anybody could ask for by it. */
function told({ gpuType, ...grant }: Grant): Grant {
  return gpuType === undefined || gpuType === otherAccelerator ? grant : { ...grant, gpuType };
}

/** Gives back what the task holds or waits for; nothing where it never asked. */
export function releaseResources(task: string, run: RunScope): void {
  if (run.record(task).granted !== undefined) pool(task, run).release({ holder: holderOf(task, run) });
}

function pool(task: string, run: RunScope) {
  const { pool: name = defaultPool } = run.specification(task).resources ?? {};
  return run.context.objectSendClient<PoolObject>({ name: poolServiceName }, name);
}

function holderOf(task: string, run: RunScope): string {
  return `${run.context.key}/${task}`;
}

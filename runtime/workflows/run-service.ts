import * as restate from "@restatedev/restate-sdk";
import { invocationRetries } from "./invocation-retries.ts";
import { pendingTask } from "./progress.ts";
import { isFinal, type Run, type TaskRun } from "./run.ts";
import { askRun } from "./run-controls.ts";
import { executeRun } from "./run-execution.ts";
import {
  type ApproveReply,
  type ApproveRequest,
  answerPromise,
  type ControlRequest,
  headerKey,
  type RunHeader,
  type RunInput,
  type RunServices,
  runServiceName,
  taskKey,
} from "./run-state.ts";
import type { Answer, WaitTaskType } from "./task-type.ts";
import { taskTypes } from "./task-types/task-types.ts";

const { shared } = restate.handlers.workflow;
/** Every look at a run is an invocation: kept, they would fill Restate's memory and disk. */
const forgotten = { journalRetention: 0 };

export type RunService = ReturnType<typeof createRunService>;

/** The Restate workflow that carries out runs, keyed by run id. */
export function createRunService(services: RunServices) {
  return restate.workflow({
    name: runServiceName,
    handlers: {
      run: (context: restate.WorkflowContext, input: RunInput) => executeRun(context, input, services),
      status: shared(forgotten, status),
      approve: shared(forgotten, approve),
      control: shared(forgotten, control),
    },
    options: {
      // The bucket keeps what a run was; Restate's own traces are for looking into a fault.
      journalRetention: { hours: 1 },
      workflowRetention: { hours: 1 },
      // A run that only waits gives its connection back after this time; a long step keeps it.
      inactivityTimeout: { seconds: 5 },
      abortTimeout: { hours: 24 },
      retryPolicy: invocationRetries,
    },
  });
}

/** The run's document as it is now; null before the first step and after the end. */
async function status(context: restate.WorkflowSharedContext): Promise<Run | null> {
  const header = await context.get<RunHeader>(headerKey);
  if (header === null) return null;
  const { uses, controls: _controls, ...run } = header;
  const tasks: TaskRun[] = [];
  for (const [name, type] of uses)
    tasks.push((await context.get<TaskRun>(taskKey(name))) ?? pendingTask(name, { uses: type }));
  return { ...run, state: liveState(tasks, run.paused === true), tasks };
}

/** `waiting` when nothing but people (or a pause before the next attempt) keeps the run from going on. */
function liveState(tasks: TaskRun[], isPaused: boolean): "running" | "waiting" {
  const open = tasks.filter((task) => !isFinal(task.state) && task.state !== "pending");
  const isHeld = open.length > 0 || isPaused;
  return isHeld && open.every((task) => task.state === "waiting") ? "waiting" : "running";
}

async function approve(
  context: restate.WorkflowSharedContext,
  request: ApproveRequest,
): Promise<ApproveReply> {
  const task = await context.get<TaskRun>(taskKey(request.task));
  if (task === null) return "not-waiting";
  const type = taskTypes.get(task.uses);
  if (type?.kind !== "wait" || task.state === "pending") return "not-waiting";
  if (task.state !== "waiting") return "already-decided";
  const parameters = (type as WaitTaskType<unknown>).schema.parse(task.inputs);
  const refused = type.refuse(parameters, request);
  if (refused !== undefined) return { refused };
  try {
    const { task: _task, ...answer } = request;
    await context.promise<Answer & { at: number }>(answerPromise(request.task)).resolve(answer);
    return "accepted";
  } catch (error) {
    // The promise is resolved once; whoever comes second is told.
    if (error instanceof restate.TerminalError) return "already-decided";
    throw error;
  }
}

async function control(context: restate.WorkflowSharedContext, request: ControlRequest): Promise<void> {
  const header = await context.get<RunHeader>(headerKey);
  await askRun(context, header?.controls ?? 0, request);
}

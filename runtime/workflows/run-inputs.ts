import { pendingTask } from "./progress.ts";
import type { Run, TaskRun } from "./run.ts";
import { firstDocument } from "./run-document.ts";
import type { RunInput } from "./run-state.ts";
import type { Task } from "./workflow.ts";
import type { WorkflowRepository } from "./workflow-repository.ts";

/** What a run was to be started with, from its first document. */
export async function inputOf(
  { run, etag }: { run: Run; etag?: string },
  definitions: WorkflowRepository,
): Promise<RunInput> {
  const { workflow, version } = await definitions.getStored(run.workflow, run.version);
  const { id, inputs, createdAt, parent, depth, pace = 0, execution, tasks } = run;
  const kept = tasks.filter((task) => task.state !== "pending" || task.undone !== undefined);
  return {
    id,
    version,
    workflow,
    inputs,
    pace,
    createdAt,
    ...(parent !== undefined && { parent }),
    ...(depth !== undefined && { depth }),
    ...(execution !== undefined && { execution, kept }),
    ...(etag !== undefined && { documentEtag: etag }),
  };
}

/** The first document of the next execution of a run that ended: what succeeded, and was not undone, stays. */
export async function retryDocument(run: Run, definitions: WorkflowRepository): Promise<Run> {
  const input = await inputOf({ run }, definitions);
  const kept = run.tasks.map((task) => keptRecord(task, input.workflow.tasks[task.name] as Task));
  return firstDocument({ ...input, execution: (run.execution ?? 1) + 1, kept });
}

function keptRecord(task: TaskRun, specification: Task): TaskRun {
  const isUndone = task.compensation?.state === "succeeded";
  if (task.state === "succeeded" && !isUndone) {
    const { compensation: _compensation, ...rest } = task;
    return rest;
  }
  // What was undone runs again under another key: under the old one its effect has been.
  const undone = (task.undone ?? 0) + (isUndone ? 1 : 0);
  return { ...pendingTask(task.name, specification), ...(undone > 0 && { undone }) };
}

import { ApiError } from "../errors.ts";
import type { WorkflowDefinition } from "./workflow-repository.ts";

/**
 * Their next runs would fail at the task that starts it; one that an expression names is not known before.
 * @throws ApiError `workflow-in-use` (409) where others of these have a task that starts the workflow
 */
export function refuseDeletion(name: string, definitions: WorkflowDefinition[]): void {
  const users = definitions.flatMap((definition) => {
    if (definition.name === name) return [];
    const tasks = Object.entries(definition.workflow.tasks);
    const task = tasks.find(
      ([, { uses, with: written }]) => uses === "workflow" && written.workflow === name,
    );
    return task === undefined ? [] : `${definition.name} (task ${task[0]})`;
  });
  if (users.length === 0) return;
  throw new ApiError(`workflow "${name}" is started by ${users.join(", ")}: change or delete these first`, {
    status: 409,
    code: "workflow-in-use",
  });
}

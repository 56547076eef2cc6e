import type { Problem } from "../errors.ts";
import type { Source } from "./source-map.ts";
import type { Workflow } from "./workflow.ts";

/** What each part of a task's requirement model says, for those that a specification leaves out. */
const parts = {
  goal: "what the task is for",
  outputs: "the format of what it produces",
  onException: "what to do when it fails",
} as const;

/** Names the parts of the requirement model that are missing. They are warnings: the workflow runs without them. */
export function missingRequirements(source: Source, workflow: Workflow): Problem[] {
  const warnings = workflow.description
    ? []
    : [source.problemAt([], 'the workflow has no "description": what it is for')];
  for (const [name, task] of Object.entries(workflow.tasks)) {
    const missing = Object.entries(parts).filter(([part]) => task[part as keyof typeof parts] === undefined);
    if (missing.length > 0)
      warnings.push(
        source.problemAt(
          ["tasks", name],
          `the requirement model lacks ${missing.map(([part, meaning]) => `"${part}" (${meaning})`).join(", ")}`,
          { at: "key" },
        ),
      );
  }
  return warnings;
}

import type { Problem } from "../errors.ts";
import type { Source } from "./source-map.ts";
import { findTemplates } from "./templates.ts";
import type { Task, Workflow } from "./workflow.ts";

/** A part of a task's requirement model: what it says, and what of the file says it. */
interface Part {
  name: string;
  meaning: string;
  isThere(task: Task): boolean;
}

/** The logic is what `uses` and `with` say; the others can be left out, and then nobody knows them. */
const parts: Part[] = [
  { name: "goal", meaning: "what the task is for", isThere: (task) => task.goal !== undefined },
  {
    name: "source",
    meaning: "where its data comes from",
    isThere: (task) =>
      task.source !== undefined ||
      task.needs.length > 0 ||
      Object.keys(task.consumes).length > 0 ||
      findTemplates(task.with).length > 0,
  },
  {
    name: "outputs",
    meaning: "the format of what it produces",
    isThere: (task) => task.outputs !== undefined || Object.keys(task.produces).length > 0,
  },
  {
    name: "onException",
    meaning: "what to do when it fails",
    isThere: (task) => task.onException !== undefined || task.fallback !== undefined,
  },
];

/** Names the parts of the requirement model that are missing. They are warnings: the workflow runs without them. */
export function missingRequirements(source: Source, workflow: Workflow): Problem[] {
  const warnings = workflow.description
    ? []
    : [source.problemAt([], 'the workflow has no "description": what it is for')];
  for (const [name, schema] of Object.entries(workflow.inputs))
    if (Object.keys(schema).length === 0)
      warnings.push(
        source.problemAt(["inputs", name], "says no format; a JSON Schema would, e.g. {type: string}", {
          at: "key",
        }),
      );
  for (const [name, task] of Object.entries(workflow.tasks)) {
    const missing = parts.filter((part) => !part.isThere(task));
    if (missing.length > 0)
      warnings.push(
        source.problemAt(
          ["tasks", name],
          `the requirement model lacks ${missing.map((part) => `"${part.name}" (${part.meaning})`).join(", ")}`,
          { at: "key" },
        ),
      );
  }
  return warnings;
}

import type { TaskRun } from "./run.ts";
import type { Json, Workflow } from "./workflow.ts";

/**
 * What `artifacts.NAME` is in expressions: the output of that name of the task that produces it, or all its outputs
 * where none has the name; null while it has none. One that is an input of the workflow: that input. So a task can use
 * what it consumes without knowing who produces it.
 */
export function artifactValues(
  { tasks }: Pick<Workflow, "tasks">,
  runs: ReadonlyMap<string, TaskRun>,
  inputs: Record<string, Json>,
): Record<string, Json> {
  const values: Record<string, Json> = {};
  for (const [name, { consumes = {}, produces = {} }] of Object.entries(tasks)) {
    for (const artifact of Object.keys(consumes))
      if (Object.hasOwn(inputs, artifact)) values[artifact] = inputs[artifact] as Json;
    const outputs = runs.get(name)?.outputs ?? null;
    for (const artifact of Object.keys(produces)) values[artifact] = member(outputs, artifact);
  }
  return values;
}

function member(outputs: Json, name: string): Json {
  const isNamed = typeof outputs === "object" && outputs !== null && !Array.isArray(outputs);
  return isNamed && Object.hasOwn(outputs, name) ? (outputs[name] as Json) : outputs;
}

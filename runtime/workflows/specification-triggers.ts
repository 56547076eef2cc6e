import type { Problem } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import { checkValue } from "./json-schema.ts";
import type { Source } from "./source-map.ts";
import type { Specification } from "./specification-schema.ts";
import { evaluateTemplates, findTemplates } from "./templates.ts";
import type { Json, Schedule } from "./workflow.ts";

/** The inputs of the run that a schedule starts for a time that it was due at. @throws ApiError `expression-failed` (422) */
export function scheduledInputs(schedule: Schedule, due: Date): Record<string, Json> {
  const scope = { inputs: {}, tasks: {}, run: { id: "" }, schedule: { time: due.toISOString() } };
  return evaluateTemplates(schedule.inputs, scope) as Record<string, Json>;
}

/** Problems of triggers that the shape cannot say: a workflow that starts itself, inputs that no run could have. */
export function triggerProblems(source: Source, raw: Specification): Problem[] {
  const triggers: unknown[] = Array.isArray(raw.triggers) ? raw.triggers : [];
  return triggers.flatMap((value, index) => {
    const trigger = record(value);
    const problems: Problem[] = [];
    if (raw.name !== undefined && record(trigger.workflow).name === raw.name)
      problems.push(
        source.problemAt(
          ["triggers", index, "workflow", "name"],
          "is this workflow itself: it would start itself for ever",
        ),
      );
    if (trigger.schedule !== undefined) problems.push(...scheduleProblems(source, raw, index, trigger));
    return problems;
  });
}

function scheduleProblems(
  source: Source,
  raw: Specification,
  index: number,
  trigger: Record<string, unknown>,
): Problem[] {
  const path = ["triggers", index, "schedule"];
  const declared = record(raw.inputs);
  const given = record(record(trigger.schedule).inputs);
  const names = Object.keys(declared);
  const unknownNames = Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => {
      const meant = nearestName(name, names);
      const hint = meant === undefined ? ";" : `, did you mean "${meant}"?`;
      const message = `unknown input "${name}"${hint} known are ${names.join(", ") || "none"}`;
      return source.problemAt([...path, "inputs", name], message, { at: "key" });
    });
  const lacking = names
    .filter((name) => !Object.hasOwn(given, name) && !Object.hasOwn(record(declared[name]), "default"))
    .map((name) => source.problemAt(path, `the run would lack input "${name}", which has no default`));
  return [...unknownNames, ...lacking, ...valueProblems(source, [...path, "inputs"], declared, given)];
}

/** Values without expressions are held to the input's schema now; the others when a run starts. */
function valueProblems(
  source: Source,
  path: (string | number)[],
  declared: Record<string, unknown>,
  given: Record<string, unknown>,
): Problem[] {
  return Object.entries(given).flatMap(([name, value]) => {
    if (!Object.hasOwn(declared, name) || findTemplates(value).length > 0) return [];
    try {
      const { problems } = checkValue(record(declared[name]), value, name);
      return problems.map((problem) => source.problemAt([...path, name], problem.message));
    } catch {
      return []; // The schema itself is no JSON Schema, which is told on its own.
    }
  });
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

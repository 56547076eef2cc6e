import type { Problem } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import { schemaProblem } from "./json-schema.ts";
import type { Path, Source } from "./source-map.ts";
import { taskTypes } from "./task-types/task-types.ts";
import type { JsonSchema } from "./workflow.ts";

/** The parts of a file that hold tasks and what they take and give, as they are written. */
export interface RawTasks {
  inputs?: unknown;
  outputs?: unknown;
  tasks?: unknown;
}

interface Issue {
  code?: string | undefined;
  path: PropertyKey[];
  message: string;
  keys?: string[];
  input?: unknown;
}

/** What a schema found, at the places of the file. */
export function shapeProblems(source: Source, issues: readonly unknown[], prefix: Path = []): Problem[] {
  return (issues as Issue[]).map((issue) => {
    const path = [...prefix, ...(issue.path as Path)];
    const unknownKey = issue.code === "unrecognized_keys" ? issue.keys?.[0] : undefined;
    if (unknownKey !== undefined)
      return source.problemAt([...path, unknownKey], issue.message, { at: "key" });
    const keyIssue = issue.code === "invalid_key" ? (issue as { issues?: Issue[] }).issues?.[0] : undefined;
    return source.problemAt(path, keyIssue?.message ?? issue.message, { at: keyIssue ? "key" : "value" });
  });
}

/** Problems of JSON Schemas, task types and their parameters. */
export function taskProblems(source: Source, raw: RawTasks): Problem[] {
  return [...schemaProblems(source, raw), ...taskTypeProblems(source, raw)];
}

function schemaProblems(source: Source, raw: RawTasks): Problem[] {
  const check = (path: Path, schemas: unknown) =>
    Object.entries(record(schemas)).flatMap(([name, schema]) => {
      const { value: _value, ...rest } = record(schema);
      const message = schemaProblem(rest as JsonSchema);
      return message === undefined ? [] : [source.problemAt([...path, name], message)];
    });
  return [
    ...check(["inputs"], raw.inputs),
    ...check(["outputs"], raw.outputs),
    ...Object.entries(record(raw.tasks)).flatMap(([name, task]) =>
      check(["tasks", name, "outputs"], record(task).outputs),
    ),
  ];
}

function taskTypeProblems(source: Source, raw: RawTasks): Problem[] {
  return Object.entries(record(raw.tasks)).flatMap(([name, value]) => {
    const task = record(value);
    const path = ["tasks", name];
    return [
      ...actionProblems(source, path, task),
      ...standInProblems(source, [...path, "with", "do"], bodyOf(task)),
      ...standInProblems(source, [...path, "fallback"], record(task.fallback)),
      ...standInProblems(source, [...path, "compensation"], record(task.compensation)),
    ];
  });
}

/** What a task carries out for each of its items. */
function bodyOf(task: Record<string, unknown>): Record<string, unknown> {
  const type = taskTypes.get(String(task.uses));
  return Object.hasOwn(type?.deferred ?? {}, "do") ? record(record(task.with).do) : {};
}

/** What steps in for a task, undoes it or is its body has to act: nobody waits there. */
function standInProblems(source: Source, path: Path, action: Record<string, unknown>): Problem[] {
  const type = taskTypes.get(String(action.uses));
  if (type === undefined || type.kind === "step") return actionProblems(source, path, action);
  const steps = [...taskTypes.values()].filter(({ kind }) => kind === "step").map((step) => step.name);
  return [
    source.problemAt(
      [...path, "uses"],
      `"${type.name}" waits instead of acting; allowed are ${steps.join(", ")}`,
    ),
  ];
}

/** Problems of `uses` and of the `with` beside it. */
function actionProblems(source: Source, path: Path, action: Record<string, unknown>): Problem[] {
  const known = [...taskTypes.keys()];
  if (typeof action.uses !== "string") return [];
  const type = taskTypes.get(action.uses);
  if (type === undefined) {
    const meant = nearestName(action.uses, known);
    return [
      source.problemAt(
        [...path, "uses"],
        `unknown task type "${action.uses}"${meant ? `, did you mean "${meant}"?` : ";"} known are ${known.join(", ")}`,
      ),
    ];
  }
  const checked = type.schema.safeParse(action.with ?? {});
  if (checked.success) return [];
  const issues = (checked.error.issues as Issue[]).filter(
    (issue) =>
      type.fixed?.includes(String(issue.path[0])) || !isWithinExpression(action.with, issue.path as Path),
  );
  return shapeProblems(source, issues, [...path, "with"]);
}

/** The value at the path, or one around it, is a `${...}`: what it will be is only known when the task starts. */
function isWithinExpression(value: unknown, path: Path): boolean {
  let current = value;
  for (const segment of path) {
    if (typeof current === "string") break;
    current = record(current)[String(segment)];
  }
  return typeof current === "string" && current.includes("${");
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

import type { Problem } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import { commonVariables, type Expression, ExpressionSyntaxError, type Reference } from "./expressions.ts";
import { ancestors, type Dependencies } from "./graph.ts";
import type { Path, Source } from "./source-map.ts";
import type { RawTasks } from "./specification-tasks.ts";
import { taskTypes } from "./task-types/task-types.ts";
import { expressionsOf, findTemplates, parseTemplate } from "./templates.ts";

export interface FoundExpression {
  expression: Expression;
  /** Where the string that holds it is. */
  path: Path;
  /** Where it begins within that string, in characters. */
  offset: number;
  /** The task it belongs to; undefined: an output or a trigger of the workflow. */
  task: string | undefined;
  /** The names that it may look at. */
  variables: readonly string[];
  /** It is looked at when everything ended: the tasks it looks at are none to wait for. */
  isAfterwards: boolean;
}

type Place = Pick<FoundExpression, "path" | "task" | "variables" | "isAfterwards"> & { value: unknown };

/** Every expression of a workflow, and the problems of those that cannot be compiled. */
export function findExpressions(
  source: Source,
  raw: RawTasks & { triggers?: unknown },
): { expressions: FoundExpression[]; problems: Problem[] } {
  const expressions: FoundExpression[] = [];
  const problems: Problem[] = [];
  for (const place of places(raw))
    for (const { path, text } of findTemplates(place.value, place.path))
      try {
        for (const part of expressionsOf(parseTemplate(text)))
          expressions.push({
            ...part,
            path,
            task: place.task,
            variables: place.variables,
            isAfterwards: place.isAfterwards,
          });
      } catch (error) {
        if (!(error instanceof ExpressionSyntaxError)) throw error;
        problems.push(
          source.problemAt(path, `${error.message} (at character ${error.offset + 1} of the text)`, {
            offset: error.offset,
          }),
        );
      }
  problems.push(...whenProblems(source, raw));
  return { expressions, problems };
}

/** Everywhere that a workflow file may hold expressions. */
function places(raw: RawTasks & { triggers?: unknown }): Place[] {
  const outside = { task: undefined, isAfterwards: false };
  const outputs = Object.entries(record(raw.outputs)).map(([name, schema]) => ({
    ...outside,
    path: ["outputs", name, "value"],
    value: record(schema).value,
    variables: commonVariables,
  }));
  const triggers = Array.isArray(raw.triggers) ? (raw.triggers as unknown[]) : [];
  const schedules = triggers.map((trigger, index) => ({
    ...outside,
    path: ["triggers", index, "schedule", "inputs"],
    value: record(record(trigger).schedule).inputs,
    variables: ["schedule"],
  }));
  const tasks = Object.entries(record(raw.tasks)).flatMap(([name, task]) => taskPlaces(name, record(task)));
  return [...outputs, ...schedules, ...tasks];
}

function taskPlaces(name: string, task: Record<string, unknown>): Place[] {
  const path = ["tasks", name];
  const [fallback, compensation, cache] = [task.fallback, task.compensation, task.cache].map(record);
  // Only the task itself has been granted something when its parameters are evaluated.
  const granted = task.resources === undefined ? commonVariables : [...commonVariables, "resources"];
  const of = { task: name, variables: commonVariables };
  const simple = [
    { path: [...path, "when"], value: task.when },
    { path: [...path, "fallback", "outputs"], value: fallback?.outputs },
    { path: [...path, "cache", "key"], value: cache?.key },
  ].map((place) => ({ ...place, task: name, variables: commonVariables, isAfterwards: false }));
  return [
    ...parameterPlaces(path, task, { task: name, isAfterwards: false, variables: granted }),
    ...simple,
    ...parameterPlaces([...path, "fallback"], fallback, { ...of, isAfterwards: false }),
    ...parameterPlaces([...path, "compensation"], compensation, { ...of, isAfterwards: true }),
  ];
}

/** The members of a `with`, each with the variables that the task type adds there. */
function parameterPlaces(
  path: Path,
  action: Record<string, unknown> | undefined,
  of: Pick<Place, "task" | "isAfterwards" | "variables">,
): Place[] {
  const deferred = taskTypes.get(String(action?.uses))?.deferred ?? {};
  const parameters = action?.with;
  const whole = { ...of, path: [...path, "with"], value: parameters };
  if (typeof parameters !== "object" || parameters === null) return [whole];
  return Object.entries(parameters).map(([key, value]) => ({
    ...whole,
    path: [...path, "with", key],
    value,
    variables: Object.hasOwn(deferred, key) ? [...of.variables, ...(deferred[key] ?? [])] : of.variables,
  }));
}

function whenProblems(source: Source, raw: RawTasks): Problem[] {
  return Object.entries(record(raw.tasks)).flatMap(([name, value]) => {
    const when = record(value).when;
    if (typeof when !== "string") return [];
    try {
      if (parseTemplate(when.trim()).isWhole) return [];
    } catch {
      return [];
    }
    return [source.problemAt(["tasks", name, "when"], 'must be one "${...}" expression, true or false')];
  });
}

/** Problems of expressions and `needs` that look at inputs or tasks which are not there. */
export function checkReferences(source: Source, raw: RawTasks, expressions: FoundExpression[]): Problem[] {
  const inputs = Object.keys(record(raw.inputs));
  const tasks = Object.keys(record(raw.tasks));
  const problems = expressions.flatMap(({ expression, path, offset, variables, task }) =>
    expression.references.flatMap((reference) => {
      const message = variables.includes(reference.root)
        ? referenceProblem(reference, {
            inputs,
            tasks,
            artifacts: artifactsSeenBy(raw, task),
            granted: grantedTo(raw, task),
          })
        : `"${reference.root}" is not known here; expressions here see ${variables.join(", ")}`;
      return message === undefined
        ? []
        : [source.problemAt(path, message, { offset: offset + reference.offset })];
    }),
  );
  for (const [name, value] of Object.entries(record(raw.tasks))) {
    const needs = record(value).needs;
    if (!Array.isArray(needs)) continue;
    for (const [index, need] of needs.entries())
      if (typeof need === "string" && !tasks.includes(need))
        problems.push(source.problemAt(["tasks", name, "needs", index], unknown("task", need, tasks)));
  }
  return problems;
}

/** Problems of compensations that look at tasks which need not have ended before the one they undo. */
export function checkCompensations(
  source: Source,
  expressions: FoundExpression[],
  dependencies: Dependencies,
): Problem[] {
  return expressions.flatMap(({ expression, path, offset, task, isAfterwards }) => {
    if (!isAfterwards || task === undefined) return [];
    const known = [task, ...ancestors(task, dependencies)];
    return lookedAtTasks(expression)
      .filter(({ name }) => Object.hasOwn(dependencies, name) && !known.includes(name))
      .map((found) =>
        source.problemAt(
          path,
          `task "${found.name}" need not have run when ${task} is undone; a compensation looks at its own task and those it depends on: ${known.join(", ")}`,
          { offset: offset + found.offset },
        ),
      );
  });
}

/** The tasks that an expression names. */
export function lookedAtTasks({ references }: Expression): { name: string; offset: number }[] {
  return references.flatMap(({ root, path: [name], offset }) =>
    root === "tasks" && name !== undefined ? [{ name, offset }] : [],
  );
}

/** A task sees what it consumes, an output of the workflow everything that is produced. */
function artifactsSeenBy(raw: RawTasks, task: string | undefined): string[] {
  const tasks = record(raw.tasks);
  if (task !== undefined) return Object.keys(record(record(tasks[task]).consumes));
  return Object.values(tasks).flatMap((value) => Object.keys(record(record(value).produces)));
}

/** Of what it asks for, it is told what it got; of a GPU also which. */
function grantedTo(raw: RawTasks, task: string | undefined): string[] {
  const resources = record(record(record(raw.tasks)[task ?? ""]).resources);
  const names = Object.keys(resources).filter((name) => name !== "pool");
  return "gpu" in resources ? [...new Set([...names, "gpuType"])] : names;
}

interface Known {
  inputs: string[];
  tasks: string[];
  artifacts: string[];
  granted: string[];
}

function referenceProblem(
  { root, path }: Reference,
  { inputs, tasks, artifacts, granted }: Known,
): string | undefined {
  const [name, member] = path;
  if (root === "artifacts" && name !== undefined && !artifacts.includes(name))
    return `${unknown("artifact", name, artifacts)}${artifacts.length === 0 ? '; a task sees those it "consumes"' : ""}`;
  if (root === "inputs" && name !== undefined && !inputs.includes(name))
    return unknown("input", name, inputs);
  if (root === "resources" && name !== undefined && !granted.includes(name))
    return unknown("member of resources", name, granted);
  if (root === "schedule" && name !== undefined && name !== "time")
    return unknown("member of schedule", name, ["time"]);
  if (root === "run" && name !== undefined && name !== "id") return unknown("member of run", name, ["id"]);
  if (root !== "tasks") return undefined;
  if (name === undefined) return "name the task: tasks.NAME.outputs or tasks.NAME.state";
  if (!tasks.includes(name)) return unknown("task", name, tasks);
  if (member !== undefined && member !== "outputs" && member !== "state")
    return `tasks.${name} has "outputs" and "state", not "${member}"`;
  return undefined;
}

function unknown(what: string, name: string, known: string[]): string {
  const dashed = known.find((candidate) => candidate.startsWith(`${name}-`));
  const meant = dashed ?? nearestName(name, known);
  const hint = dashed
    ? `; a name with "-" is written tasks["${dashed}"]`
    : meant
      ? `, did you mean "${meant}"?`
      : ";";
  return `unknown ${what} "${name}"${hint} known are ${known.join(", ") || "none"}`.replace(
    '"] known',
    '"]; known',
  );
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

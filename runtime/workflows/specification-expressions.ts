import type { Problem } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import { type Expression, ExpressionSyntaxError, type Reference } from "./expressions.ts";
import type { Path, Source } from "./source-map.ts";
import type { Specification } from "./specification-schema.ts";
import { expressionsOf, findTemplates, parseTemplate } from "./templates.ts";

export interface FoundExpression {
  expression: Expression;
  /** Where the string that holds it is. */
  path: Path;
  /** Where it begins within that string, in characters. */
  offset: number;
  /** The task it belongs to; undefined: an output of the workflow. */
  task: string | undefined;
}

interface Place {
  path: Path;
  value: unknown;
  task: string | undefined;
}

/** Every expression of a workflow, and the problems of those that cannot be compiled. */
export function findExpressions(
  source: Source,
  raw: Specification,
): { expressions: FoundExpression[]; problems: Problem[] } {
  const expressions: FoundExpression[] = [];
  const problems: Problem[] = [];
  for (const place of places(raw))
    for (const { path, text } of findTemplates(place.value, place.path))
      try {
        for (const part of expressionsOf(parseTemplate(text)))
          expressions.push({ ...part, path, task: place.task });
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

function places(raw: Specification): Place[] {
  const outputs = Object.entries(record(raw.outputs)).map(([name, schema]) => ({
    path: ["outputs", name, "value"],
    value: record(schema).value,
    task: undefined,
  }));
  const tasks = Object.entries(record(raw.tasks)).flatMap(([task, value]) =>
    ["with", "when"].map((key) => ({ path: ["tasks", task, key], value: record(value)[key], task })),
  );
  return [...outputs, ...tasks];
}

function whenProblems(source: Source, raw: Specification): Problem[] {
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
export function checkReferences(
  source: Source,
  raw: Specification,
  expressions: FoundExpression[],
): Problem[] {
  const inputs = Object.keys(record(raw.inputs));
  const tasks = Object.keys(record(raw.tasks));
  const problems = expressions.flatMap(({ expression, path, offset }) =>
    expression.references.flatMap((reference) => {
      const message = referenceProblem(reference, inputs, tasks);
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

function referenceProblem({ root, path }: Reference, inputs: string[], tasks: string[]): string | undefined {
  const [name, member] = path;
  if (root === "inputs" && name !== undefined && !inputs.includes(name))
    return unknown("input", name, inputs);
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

import { invalidInput, type Problem } from "../errors.ts";
import { defaultRetries, defaultTimeout } from "./defaults.ts";
import { type Dependencies, topologicalOrder } from "./graph.ts";
import { missingRequirements } from "./requirement-model.ts";
import { parseSource, type Source } from "./source-map.ts";
import { artifactDependencies, artifactProblems } from "./specification-artifacts.ts";
import {
  checkCompensations,
  checkReferences,
  type FoundExpression,
  findExpressions,
  lookedAtTasks,
} from "./specification-expressions.ts";
import { type Specification, specificationSchema } from "./specification-schema.ts";
import { shapeProblems, taskProblems } from "./specification-tasks.ts";
import { triggerProblems } from "./specification-triggers.ts";
import { taskTypes } from "./task-types/task-types.ts";
import type { Workflow } from "./workflow.ts";

const maximumBytes = 1024 * 1024;

export interface ParsedWorkflow {
  workflow: Workflow;
  /** Parts of the requirement model that are missing, and the like: allowed, but worth a look. */
  warnings: Problem[];
}

/**
 * Parses a workflow file, YAML or JSON.
 * @throws ApiError `invalid-workflow` (400) with every problem, each with its path, line and column
 */
export function parseWorkflow(text: string): ParsedWorkflow {
  if (Buffer.byteLength(text) > maximumBytes)
    throw invalidWorkflow([{ path: "", message: `is larger than ${maximumBytes} bytes` }]);
  const source = parseSource(text);
  if (source.problems.length > 0) throw invalidWorkflow(source.problems);
  const parsed = specificationSchema.safeParse(source.value);
  // What the shape check finds must not hide what the other checks find, so they run on the raw value as well.
  const raw = (source.value ?? {}) as Specification;
  const problems = [
    ...(parsed.success ? [] : shapeProblems(source, parsed.error.issues)),
    ...taskProblems(source, raw),
    ...artifactProblems(source, raw),
    ...triggerProblems(source, raw),
  ];
  const found = findExpressions(source, raw);
  problems.push(...found.problems, ...checkReferences(source, raw, found.expressions));
  const dependencies = inferDependencies(raw, found.expressions);
  problems.push(...checkCompensations(source, found.expressions, dependencies));
  const sorted = topologicalOrder(dependencies);
  if ("cycle" in sorted) problems.push(cycleProblem(source, sorted.cycle));
  if (!parsed.success || problems.length > 0 || "cycle" in sorted) throw invalidWorkflow(problems);
  const workflow = complete(parsed.data, dependencies, sorted.order);
  return { workflow, warnings: missingRequirements(source, workflow) };
}

function invalidWorkflow(problems: Problem[]) {
  return invalidInput("invalid-workflow", problems, "workflow");
}

/** Those declared in `needs`, those whose outputs or state are looked at, and those that produce what is consumed. */
function inferDependencies(raw: Specification, expressions: FoundExpression[]): Dependencies {
  const tasks = record(raw.tasks);
  const byArtifacts = artifactDependencies(raw);
  return Object.fromEntries(
    Object.keys(tasks).map((name) => {
      const declared = record(tasks[name]).needs;
      const inferred = expressions
        .filter((found) => found.task === name && !found.isAfterwards)
        .flatMap((found) => lookedAtTasks(found.expression).map((task) => task.name));
      const all = [
        ...(Array.isArray(declared) ? (declared as string[]) : []),
        ...inferred,
        ...(byArtifacts[name] ?? []),
      ];
      return [name, [...new Set(all)].filter((dependency) => Object.hasOwn(tasks, dependency))];
    }),
  );
}

function cycleProblem(source: Source, cycle: string[]): Problem {
  const first = cycle[0] ?? "";
  return source.problemAt(
    ["tasks", first],
    `the tasks wait for each other in a cycle: ${cycle.join(" -> ")}`,
    {
      at: "key",
    },
  );
}

function complete(specification: Specification, dependencies: Dependencies, order: string[]): Workflow {
  const { defaults, ...rest } = specification;
  const tasks = Object.fromEntries(
    Object.entries(specification.tasks).map(([name, task]) => [
      name,
      {
        weight: 1,
        priority: 0,
        timeout: taskTypes.get(task.uses)?.timeout ?? defaultTimeout,
        ...defaults,
        ...task,
        ...completeFallback(task.fallback),
        retries: { ...defaultRetries, ...defaults.retries, ...task.retries },
      },
    ]),
  );
  return { ...rest, tasks, dependencies, order } as Workflow;
}

function completeFallback(fallback: Specification["tasks"][string]["fallback"]) {
  if (fallback?.uses === undefined) return {};
  return { fallback: { uses: fallback.uses, with: fallback.with ?? {} } };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

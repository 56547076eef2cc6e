import { ApiError, errorMessage } from "../errors.ts";
import { artifactValues } from "./artifacts.ts";
import type { Scope } from "./expressions.ts";
import { ancestors } from "./graph.ts";
import { checkValue } from "./json-schema.ts";
import { isFinal, type Run, type TaskRun } from "./run.ts";
import { taskTypes } from "./task-types/task-types.ts";
import { evaluateTemplate, evaluateTemplates, expressionsOf, parseTemplate } from "./templates.ts";
import { UndecidedTasks } from "./undecided-tasks.ts";
import type { Json, Task, Workflow } from "./workflow.ts";

/**
 * What may happen next in a run, from what has happened. Pure: the same events give the same answers, which is
 * what lets a run be replayed from its journal.
 *
 * Rules. A task may start when all tasks it depends on have ended. Without `when` it is skipped unless all of them
 * succeeded; with `when` the expression decides, and where it fails because one of them has no outputs, the task
 * is skipped. A failed task fails the run: no further task starts, running ones end. It does not where a task
 * handles it, that is, where a task whose `when` looks at the state of the failed task, or of one that depends on
 * it, runs and succeeds; then tasks go on starting.
 */
export interface Progress {
  readonly tasks: ReadonlyMap<string, TaskRun>;
  /** Tasks that can be decided now: those to be skipped or failed at once are, and are returned with the others. */
  decide(): { settled: TaskRun[]; ready: string[] };
  /** The task's `with`, evaluated. @throws ApiError */
  parameters(task: string): Json;
  /** What expressions see now. */
  scope(): Scope;
  /** `value` with each string in it evaluated as a task's expressions are. @throws ApiError */
  evaluate(value: unknown): Json;
  /** Changes a task's record and returns it. */
  update(task: string, change: Partial<TaskRun>): TaskRun;
  /** The run's outcome, once nothing runs and nothing is ready. */
  outcome(): Pick<Run, "state" | "outputs" | "error">;
}

/** @param run `kept`: records that an earlier execution of the run left; those of tasks that have not ended begin anew */
export function createProgress(
  workflow: Workflow,
  run: { id: string; inputs: Record<string, Json>; kept?: readonly TaskRun[] },
): Progress {
  const tasks = new Map(tasksAtFirst(workflow, run.kept).map((task) => [task.name, task]));
  const handlers = handlersOf(workflow);
  let sequence = Math.max(0, ...(run.kept ?? []).map((task) => task.sequence ?? 0));

  const record = (name: string) => tasks.get(name) as TaskRun;
  const specification = (name: string) => workflow.tasks[name] as Task;
  const dependencies = (name: string) => (workflow.dependencies[name] ?? []).map(record);

  /** What expressions see; kept up to date, since there may be a thousand tasks and as many expressions. */
  const seen: Record<string, Pick<TaskRun, "state" | "outputs">> = {};
  for (const { name, state, outputs } of tasks.values()) seen[name] = { state, outputs };
  const scope = (): Scope => ({
    inputs: run.inputs,
    run: { id: run.id },
    tasks: seen,
    artifacts: artifacts(),
  });
  const hasArtifacts = Object.values(workflow.tasks).some(
    ({ consumes = {}, produces = {} }) => Object.keys(consumes).length + Object.keys(produces).length > 0,
  );
  const artifacts = () => (hasArtifacts ? artifactValues(workflow, tasks, run.inputs) : {});

  const undecided = new UndecidedTasks(workflow, (name) => record(name).state);
  const ready = new Set<string>();
  const failed = new Set(
    [...tasks.values()].filter(({ state }) => state === "failed").map(({ name }) => name),
  );

  function update(name: string, change: Partial<TaskRun>): TaskRun {
    const before = record(name);
    const next = { ...before, ...change, sequence: ++sequence };
    tasks.set(name, next);
    seen[name] = { state: next.state, outputs: next.outputs };
    if (next.state === before.state) return next;
    if (next.state !== "pending") ready.delete(name);
    if (next.state === "failed") failed.add(name);
    if (isFinal(next.state)) undecided.ended(name);
    return next;
  }

  /** A task failed and nothing can handle it any more. */
  function isFailing(): boolean {
    return [...failed].some(
      (name) =>
        !(handlers.get(name) ?? []).some((handler) => !["failed", "skipped"].includes(record(handler).state)),
    );
  }

  function verdict(name: string): "ready" | "skip" | { error: string } {
    const { when } = specification(name);
    const isComplete = dependencies(name).every((dependency) => dependency.state === "succeeded");
    if (when === undefined) return isComplete ? "ready" : "skip";
    if (typeof when === "boolean") return when ? "ready" : "skip";
    try {
      const value = evaluateTemplate(parseTemplate(when.trim()), scope());
      if (typeof value === "boolean") return value ? "ready" : "skip";
      return { error: `"when" must give true or false, not ${JSON.stringify(value)}` };
    } catch (error) {
      return isComplete ? { error: `"when": ${errorMessage(error)}` } : "skip";
    }
  }

  function decide(): { settled: TaskRun[]; ready: string[] } {
    const settled: TaskRun[] = [];
    // In topological order, so that one pass carries a skip through to all that follow from it.
    for (let name = undecided.first(); name !== undefined; name = undecided.first()) {
      if (isFailing()) break;
      undecided.decided(name);
      const decision = verdict(name);
      if (decision === "ready") ready.add(name);
      else if (decision === "skip") settled.push(update(name, { state: "skipped" }));
      else settled.push(update(name, { state: "failed", error: decision.error }));
    }
    if (isFailing()) return { settled, ready: [] };
    const priority = (name: string) => specification(name).priority;
    return { settled, ready: [...ready].sort((a, b) => priority(b) - priority(a)) };
  }

  function parameters(name: string): Json {
    const { uses, with: parameters } = specification(name);
    const deferred = taskTypes.get(uses)?.deferred ?? {};
    const current = { ...scope(), resources: record(name).granted ?? {} };
    return Object.fromEntries(
      Object.entries(parameters).map(([key, value]) => [
        key,
        Object.hasOwn(deferred, key) ? (value as Json) : evaluateTemplates(value, current),
      ]),
    );
  }

  function failure(): string | undefined {
    for (const task of tasks.values()) {
      if (task.state !== "failed") continue;
      const isHandled = (handlers.get(task.name) ?? []).some(
        (handler) => record(handler).state === "succeeded",
      );
      if (!isHandled) return `task ${task.name} failed: ${task.error ?? "unknown reason"}`;
    }
    return undefined;
  }

  function outcome(): Pick<Run, "state" | "outputs" | "error"> {
    const error = failure();
    if (error !== undefined) return { state: "failed", outputs: null, error };
    try {
      return { state: "succeeded", outputs: outputs(), error: null };
    } catch (error) {
      return { state: "failed", outputs: null, error: errorMessage(error) };
    }
  }

  function outputs(): Record<string, Json> {
    const current = scope();
    return Object.fromEntries(
      Object.entries(workflow.outputs).map(([name, { value: expression, ...schema }]) => {
        const looksAtMissing = typeof expression === "string" && lookedAt(expression).some(isWithoutOutputs);
        try {
          const value = evaluateTemplates(expression ?? null, current);
          if (looksAtMissing && value === null) return [name, null];
          const { problems } = checkValue(schema, value, `outputs.${name}`);
          if (problems[0] !== undefined)
            throw new ApiError(`${problems[0].path}: ${problems[0].message}`, {
              status: 422,
              code: "invalid-outputs",
            });
          return [name, value];
        } catch (error) {
          // What a skipped task would have given is null, not a failure of the run.
          if (looksAtMissing && isExpressionFailure(error)) return [name, null];
          throw error;
        }
      }),
    );
  }

  const isWithoutOutputs = (name: string) => record(name).state !== "succeeded";

  const evaluate = (value: unknown) => evaluateTemplates(value, scope());

  return { tasks, decide, parameters, evaluate, scope, update, outcome };
}

/** In topological order. @param kept records that an earlier execution left */
export function tasksAtFirst(workflow: Workflow, kept: readonly TaskRun[] = []): TaskRun[] {
  const left = new Map(kept.map((task) => [task.name, task]));
  return workflow.order.map((name) => left.get(name) ?? pendingTask(name, workflow.tasks[name] as Task));
}

export function pendingTask(name: string, task: Pick<Task, "uses">): TaskRun {
  return {
    name,
    uses: task.uses,
    state: "pending",
    attempts: 0,
    startedAt: null,
    finishedAt: null,
    inputs: null,
    outputs: null,
    error: null,
  };
}

export function isWaitTask(task: Task): boolean {
  return taskTypes.get(task.uses)?.kind === "wait";
}

/** For each task, those that can handle its failure. */
function handlersOf(workflow: Workflow): Map<string, string[]> {
  const handlers = new Map<string, string[]>();
  for (const [handler, task] of Object.entries(workflow.tasks)) {
    if (typeof task.when !== "string") continue;
    for (const watched of lookedAt(task.when, "state"))
      for (const name of [watched, ...ancestors(watched, workflow.dependencies)])
        handlers.set(name, [...(handlers.get(name) ?? []), handler]);
  }
  return handlers;
}

/** Tasks that an expression looks at, of one member only or of any. */
function lookedAt(text: string, member?: string): string[] {
  return expressionsOf(parseTemplate(text))
    .flatMap((part) => part.expression.references)
    .filter(({ root, path }) => root === "tasks" && (member === undefined || path[1] === member))
    .flatMap(({ path }) => path[0] ?? []);
}

function isExpressionFailure(error: unknown): boolean {
  return error instanceof ApiError && error.code === "expression-failed";
}

import { ancestors } from "../graph.ts";
import { restrictScope } from "../templates.ts";
import type { Task, Workflow } from "../workflow.ts";
import { type Estimates, quantile, type TaskSample } from "./estimates.ts";
import { driftFactor } from "./run-plan.ts";

/** What past runs say about a workflow file. Nothing is changed by itself. */
export type Suggestion =
  /** `task` read what `needs` wrote, and does not wait for it. */
  | { kind: "missing-dependency"; task: string; needs: string; keys: string[]; runs: number }
  /** `task` declares that it needs `needs`, and took nothing of it in any run. */
  | { kind: "unused-dependency"; task: string; needs: string; runs: number }
  /** Seconds; `declared` is null where the file says none. */
  | { kind: "duration"; task: string; declared: number | null; p50: number; p90: number; runs: number }
  /** Bytes: the peak of all runs against what is declared. */
  | { kind: "memory"; task: string; declared: number; peak: number; runs: number };

/** Runs without which nothing is said about what a task does not do, or how long it takes. */
const fewestRuns = 3;

export function suggestionsFor(workflow: Workflow, estimates: Estimates): Suggestion[] {
  return workflow.order.flatMap((name) => {
    const samples = estimates[name] ?? [];
    return [
      ...missingDependencies(workflow, estimates, name),
      ...unusedDependencies(workflow, estimates, name),
      ...durationOf(name, workflow.tasks[name] as Task, samples),
      ...memoryOf(name, workflow.tasks[name] as Task, samples),
    ];
  });
}

function missingDependencies(workflow: Workflow, estimates: Estimates, task: string): Suggestion[] {
  const before = ancestors(task, workflow.dependencies);
  return workflow.order.flatMap((other): Suggestion[] => {
    // Who waits for the task itself wrote before in an earlier run.
    if (other === task || before.has(other) || ancestors(other, workflow.dependencies).has(task)) return [];
    const { keys, runs } = taken(estimates, other, task);
    return runs === 0 ? [] : [{ kind: "missing-dependency", task, needs: other, keys, runs }];
  });
}

function unusedDependencies(workflow: Workflow, estimates: Estimates, task: string): Suggestion[] {
  const { needs, when, with: parameters } = workflow.tasks[task] as Task;
  const tells = (samples: readonly TaskSample[] = []) =>
    samples.filter(({ read = [], written = [] }) => read.length + written.length > 0).length >= fewestRuns;
  // Of a task that does not go through the bucket nothing is known.
  if (!tells(estimates[task])) return [];
  return needs.flatMap((other): Suggestion[] => {
    if (!tells(estimates[other]) || taken(estimates, other, task).runs > 0) return [];
    const scope = {
      inputs: {},
      run: { id: "" },
      tasks: { [other]: { state: "succeeded" as const, outputs: null } },
    };
    const isLookedAt = other in restrictScope(scope, [parameters, when]).tasks;
    const runs = (estimates[task] ?? []).length;
    return isLookedAt ? [] : [{ kind: "unused-dependency", task, needs: other, runs }];
  });
}

/** What `reader` read of what `writer` wrote in the same run. */
function taken(estimates: Estimates, writer: string, reader: string): { keys: string[]; runs: number } {
  const written = new Map((estimates[writer] ?? []).map(({ run, written = [] }) => [run, new Set(written)]));
  const keys = new Set<string>();
  let runs = 0;
  for (const { run, read = [] } of estimates[reader] ?? []) {
    const found = read.filter((key) => written.get(run)?.has(key));
    for (const key of found) keys.add(key);
    if (found.length > 0) runs += 1;
  }
  return { keys: [...keys], runs };
}

function durationOf(task: string, { duration }: Task, samples: readonly TaskSample[]): Suggestion[] {
  if (samples.length < fewestRuns) return [];
  const sorted = samples.map(({ seconds }) => seconds).sort((left, right) => left - right);
  const [p50, p90] = [quantile(sorted, 0.5), quantile(sorted, 0.9)];
  const isNear = duration !== undefined && duration <= p50 * driftFactor && p50 <= duration * driftFactor;
  if (isNear || (duration === undefined && p50 < 1)) return [];
  return [{ kind: "duration", task, declared: duration ?? null, p50, p90, runs: samples.length }];
}

function memoryOf(task: string, { resources }: Task, samples: readonly TaskSample[]): Suggestion[] {
  const declared = resources?.memory?.maximum;
  const peaks = samples.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  if (declared === undefined || peaks.length < fewestRuns) return [];
  const peak = Math.max(...peaks);
  if (peak <= declared && peak * 2 >= declared) return [];
  return [{ kind: "memory", task, declared, peak, runs: peaks.length }];
}

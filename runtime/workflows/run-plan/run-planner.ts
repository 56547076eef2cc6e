import type { Amounts, CapacitySource } from "../../capacity/capacity-source.ts";
import { ApiError, errorMessage } from "../../errors.ts";
import type { ObjectStore } from "../../object-store/object-store.ts";
import type { PlanAnswer } from "../../planning/answer/plan-answer.ts";
import type { PlanningProblem } from "../../planning/problem.ts";
import { planInWorker } from "../../planning/worker/plan-in-worker.ts";
import type { Workflow } from "../workflow.ts";
import { learnedDurations, readEstimates } from "./estimates.ts";
import { type PlanReason, type PlanSummary, planKey, type RunPlan } from "./run-plan.ts";
import { workflowProblem } from "./workflow-problem.ts";

export interface PlanRequest {
  runId: string;
  /** Which execution of the run, from 1. */
  execution: number;
  workflow: Workflow;
  number: number;
  reason: PlanReason;
  /** Seconds since the run's start. */
  offset: number;
  /** Tasks that have not begun. */
  pending: string[];
  /** Task that runs → seconds since it started. */
  running: Record<string, number>;
  /** What there was when the plan that is followed was made. */
  knownCapacity?: string;
}

export interface RunPlanner {
  /**
   * Plans what is left of a run and keeps the plan in the bucket. Never fails because of the plan: a run without one goes on.
   * @returns what the run needs of it; `unchanged` where only the capacity was asked about and it is the same
   */
  plan(request: PlanRequest): Promise<PlanSummary | "unchanged">;
}

/** A run waits for its first plan. */
const searchSeconds = 2;

export function createRunPlanner(store: ObjectStore, capacity: CapacitySource): RunPlanner {
  return {
    async plan(request) {
      const { total } = await capacity.read();
      const there = capacityText(total);
      if (request.reason.kind === "capacity" && there === request.knownCapacity) return "unchanged";
      const { number, reason, offset, runId, execution } = request;
      const made = await tryToPlan(request, total, store);
      const document: RunPlan = {
        number,
        reason,
        createdAt: new Date().toISOString(),
        offset,
        capacity: there,
        ...made,
      };
      await store.put(planKey(runId, execution, number), JSON.stringify(document));
      return summaryOf(document);
    },
  };
}

async function tryToPlan(
  { workflow, offset, pending, running }: PlanRequest,
  capacity: Amounts,
  store: ObjectStore,
): Promise<{ plan: PlanAnswer } | { error: string }> {
  try {
    const durations = learnedDurations(workflow, await readEstimates(store, workflow.name));
    const problem = workflowProblem(workflow, {
      capacity,
      durations,
      only: new Set(pending),
      running: new Map(Object.entries(running)),
      elapsed: offset,
    });
    return { plan: await planAnyway(problem) };
  } catch (error) {
    return { error: errorMessage(error) };
  }
}

/** A run goes on after a deadline that it can no longer keep: such ones are left out. */
async function planAnyway(problem: PlanningProblem): Promise<PlanAnswer> {
  const options = { seconds: searchSeconds, relaxationSeconds: 0 };
  try {
    return await planInWorker(problem, options);
  } catch (error) {
    const hopeless = hopelessDeadlines(error);
    if (hopeless.length === 0) throw error;
    for (const name of hopeless) delete problem.tasks[name]?.deadline;
    return await planInWorker(problem, options);
  }
}

/** Tasks whose deadlines alone are what is wrong with a problem. */
function hopelessDeadlines(error: unknown): string[] {
  if (!(error instanceof ApiError)) return [];
  const tasks = error.problems.map(({ path }) => /^tasks\.(.+)\.deadline$/.exec(path)?.[1]);
  return tasks.every((task) => task !== undefined) ? tasks : [];
}

function summaryOf({ number, capacity, plan, offset }: RunPlan): PlanSummary {
  const tasks = plan?.tasks ?? [];
  return {
    number,
    capacity,
    starts: Object.fromEntries(tasks.map(({ name, start }) => [name, offset + start])),
    durations: Object.fromEntries(tasks.map(({ name, duration }) => [name, duration])),
  };
}

/** The same amounts give the same text. */
function capacityText({ cpu, memory, storage, gpus }: Amounts): string {
  const all = { cpu, memory, storage, ...gpus };
  return Object.entries(all)
    .filter(([, amount]) => amount !== undefined)
    .map(([name, amount]) => `${name}=${amount}`)
    .join(",");
}

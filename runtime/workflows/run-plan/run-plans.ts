import { listAll } from "../../object-store/list-all.ts";
import type { ObjectStore } from "../../object-store/object-store.ts";
import { type ActualTimes, ganttSvg } from "../../planning/answer/gantt-svg.ts";
import type { PlanAnswer, PlannedTask } from "../../planning/answer/plan-answer.ts";
import type { Run, TaskRun } from "../run.ts";
import { planPrefix, type RunPlan } from "./run-plan.ts";

/** Seconds from the run's start. */
interface Times {
  start: number;
  end: number;
}

/** A task as it was planned last before it began, and as it was. */
export interface PlannedAndActual {
  name: string;
  state: TaskRun["state"];
  planned?: Times & { slack: number; isCritical: boolean };
  actual?: { start: number; end?: number };
}

export interface RunPlans {
  run: string;
  workflow: string;
  state: Run["state"];
  /** In the order in which they were made. */
  plans: RunPlan[];
  tasks: PlannedAndActual[];
}

export async function readRunPlans(store: ObjectStore, run: Run): Promise<RunPlans> {
  const plans: RunPlan[] = [];
  for await (const { key } of listAll(store, planPrefix(run.id))) {
    const object = await store.get(key);
    if (object !== undefined) plans.push(JSON.parse(Buffer.from(object.body).toString("utf8")) as RunPlan);
  }
  return {
    run: run.id,
    workflow: run.workflow,
    state: run.state,
    plans,
    tasks: run.tasks.map((task) => besides(task, run, plans)),
  };
}

function besides(task: TaskRun, run: Run, plans: readonly RunPlan[]): PlannedAndActual {
  const planned = lastPlanOf(task.name, plans);
  const actual = actualTimes(task, run);
  return {
    name: task.name,
    state: task.state,
    ...(planned !== undefined && {
      planned: {
        start: planned.offset + planned.task.start,
        end: planned.offset + planned.task.end,
        slack: planned.task.slack,
        isCritical: planned.task.isCritical,
      },
    }),
    ...(actual !== undefined && { actual }),
  };
}

function lastPlanOf(
  name: string,
  plans: readonly RunPlan[],
): { task: PlannedTask; offset: number } | undefined {
  for (const { plan, offset } of plans.toReversed()) {
    const task = plan?.tasks.find((each) => each.name === name);
    if (task !== undefined) return { task, offset };
  }
  return undefined;
}

function actualTimes(
  { startedAt, finishedAt }: TaskRun,
  run: Run,
): { start: number; end?: number } | undefined {
  if (startedAt === null || run.startedAt === null) return undefined;
  const seconds = (time: string) =>
    Math.max(0, Date.parse(time) - Date.parse(run.startedAt as string)) / 1000;
  return { start: seconds(startedAt), ...(finishedAt !== null && { end: seconds(finishedAt) }) };
}

/** What was planned, each task by its last plan, and below what happened; undefined where there is no plan. */
export function runPlanSvg({ run, workflow, plans, tasks }: RunPlans): string | undefined {
  const first = plans.find(({ plan }) => plan !== undefined)?.plan;
  if (first === undefined) return undefined;
  const planned = tasks
    .flatMap(({ name }) => {
      const found = lastPlanOf(name, plans);
      return found === undefined ? [] : [shifted(found.task, found.offset)];
    })
    .sort((left, right) => left.start - right.start || left.end - right.end);
  const all: PlanAnswer = {
    ...first,
    tasks: planned,
    makespan: Math.max(0, ...planned.map(({ end }) => end)),
  };
  const actual = tasks.flatMap((task): [string, ActualTimes][] =>
    task.actual === undefined ? [] : [[task.name, { ...task.actual, state: task.state }]],
  );
  // Bars of tasks that still run go as far as anything that is known to have happened.
  const now = Math.max(0, ...actual.map(([, { start, end }]) => end ?? start));
  const title = `${workflow}: ${run}${plans.length > 1 ? `, planned ${plans.length} times` : ""}`;
  return ganttSvg(all, { title, actual: Object.fromEntries(actual), now });
}

function shifted(task: PlannedTask, offset: number): PlannedTask {
  return { ...task, start: offset + task.start, end: offset + task.end };
}

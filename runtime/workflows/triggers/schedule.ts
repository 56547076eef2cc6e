import { isDeepStrictEqual } from "node:util";
import * as restate from "@restatedev/restate-sdk";
import { ApiError } from "../../errors.ts";
import { atTime } from "../clock.ts";
import { runIdForTick } from "../run.ts";
import { scheduledInputs } from "../specification-triggers.ts";
import type { Schedule } from "../workflow.ts";
import { dueTicks, nextTick } from "./calendar.ts";
import {
  prepareTriggered,
  startTriggered,
  type TriggeredRun,
  type TriggerServices,
} from "./triggered-runs.ts";

/** What is planned for one schedule of a workflow. */
export interface PlannedSchedule {
  schedule: Schedule;
  /** RFC 3339; null: it never comes again. */
  next: string | null;
}

/** The schedules of a workflow as they are planned. */
export interface SchedulePlan {
  /** Of the workflow. */
  version: number;
  isPaused: boolean;
  schedules: PlannedSchedule[];
  /** The latest run that a tick started. */
  last: { run: string; due: string } | null;
}

export const scheduleName = "Schedule";

const planKey = "plan";
const wakeKey = "wake";
/** Of a workflow that there is not. */
const noVersion = 0;

export type ScheduleObject = ReturnType<typeof createScheduleObject>;

/**
 * Starts the runs of schedules, a Restate object keyed by workflow. It wakes itself by delayed sends, which survive all
 * processes; at each waking it reads the workflow anew, so that no version that was put is missed.
 */
export function createScheduleObject(services: TriggerServices) {
  const { now } = services.clock;
  type Context = restate.ObjectContext;

  /** The current version's schedules; those that were planned before keep their time, so that no tick comes twice. */
  async function read(context: Context): Promise<{ plan: SchedulePlan; at: Date }> {
    const known = await context.get<SchedulePlan>(planKey);
    const { version, schedules, at } = await context.run("workflow", () => currentSchedules(context.key));
    const plan = known ?? { version, isPaused: false, schedules: [], last: null };
    const planned = schedules.map((schedule): PlannedSchedule => {
      const before = plan.schedules.find((other) => isSameCalendar(other.schedule, schedule));
      const next = before === undefined ? textOf(nextTick(schedule, new Date(at))) : before.next;
      return { schedule, next };
    });
    return { plan: { ...plan, version, schedules: planned }, at: new Date(at) };
  }

  async function currentSchedules(
    name: string,
  ): Promise<{ version: number; schedules: Schedule[]; at: number }> {
    try {
      const { version, workflow } = await services.workflows.get(name);
      const schedules = workflow.triggers.flatMap(({ schedule }) => schedule ?? []);
      return { version, schedules, at: now() };
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      return { version: noVersion, schedules: [], at: now() };
    }
  }

  type ScheduledRun = TriggeredRun & { due: string };

  /** Undefined where the inputs cannot be evaluated: a later version of the workflow may do better. */
  function runOf(
    workflow: string,
    version: number,
    schedule: Schedule,
    tick: Date,
  ): ScheduledRun | undefined {
    const due = tick.toISOString();
    try {
      const inputs = scheduledInputs(schedule, tick);
      return { id: runIdForTick(workflow, schedule, due), workflow, version, inputs, depth: 0, due };
    } catch (error) {
      services.logger.error({ workflow, due, err: error }, "a schedule's inputs cannot be evaluated");
      return undefined;
    }
  }

  /** Writes the plan down and wakes at its first tick; a waking that was planned before comes to nothing. */
  async function write(context: Context, plan: SchedulePlan, at: Date): Promise<void> {
    const wake = ((await context.get<number>(wakeKey)) ?? 0) + 1;
    context.set(wakeKey, wake);
    context.set(planKey, plan);
    const ticks = plan.schedules.flatMap(({ next }) => (next === null ? [] : Date.parse(next)));
    if (plan.isPaused || ticks.length === 0) return;
    const delay = Math.max(0, Math.min(...ticks) - at.getTime());
    atTime(at.getTime(), () =>
      context
        .objectSendClient<ScheduleObject>({ name: scheduleName }, context.key)
        .wakeUp(wake, restate.rpc.sendOpts({ delay })),
    );
  }

  /** A version of the workflow was put, or may have been. */
  async function refresh(context: Context): Promise<SchedulePlan> {
    const before = await context.get<SchedulePlan>(planKey);
    const { plan, at } = await read(context);
    if (plan.version === noVersion) await forget(context);
    else if (!isDeepStrictEqual(before, plan)) await write(context, plan, at);
    return plan;
  }

  /** The workflow was deleted: should it come again, its schedules begin anew. */
  async function forget(context: Context): Promise<void> {
    context.set(wakeKey, ((await context.get<number>(wakeKey)) ?? 0) + 1);
    context.clear(planKey);
  }

  async function wakeUp(context: Context, wake: number): Promise<void> {
    if ((await context.get<number>(wakeKey)) !== wake) return;
    const { plan, at } = await read(context);
    if (plan.version === noVersion) return await forget(context);
    const runs: ScheduledRun[] = [];
    const schedules = plan.schedules.map(({ schedule, next }): PlannedSchedule => {
      if (next === null) return { schedule, next };
      const due = dueTicks(schedule, new Date(next), at);
      if (due.left.length > 0)
        services.logger.warn(
          { workflow: context.key, cron: schedule.cron, missed: due.left.length },
          "ticks of a schedule were missed and are left out",
        );
      runs.push(...due.run.flatMap((tick) => runOf(context.key, plan.version, schedule, tick) ?? []));
      return { schedule, next: textOf(due.next) };
    });
    const inputs = await context.run("prepare", () => prepareTriggered(services, runs));
    startTriggered(context, inputs);
    const latest = runs.at(-1);
    const last = latest === undefined ? plan.last : { run: latest.id, due: latest.due };
    await write(context, { ...plan, schedules, last }, at);
  }

  async function pause(context: Context): Promise<SchedulePlan> {
    const { plan, at } = await read(context);
    const paused = { ...plan, isPaused: true };
    await write(context, paused, at);
    return paused;
  }

  /** Ticks that came while it was paused are not made up for. */
  async function resume(context: Context): Promise<SchedulePlan> {
    const { plan, at } = await read(context);
    if (!plan.isPaused) return plan;
    const schedules = plan.schedules.map(({ schedule }) => ({
      schedule,
      next: textOf(nextTick(schedule, at)),
    }));
    const resumed = { ...plan, schedules, isPaused: false };
    await write(context, resumed, at);
    return resumed;
  }

  return restate.object({
    name: scheduleName,
    handlers: { refresh, wakeUp, pause, resume },
    options: { journalRetention: 0 },
  });
}

function isSameCalendar(a: Schedule, b: Schedule): boolean {
  return a.cron === b.cron && a.timeZone === b.timeZone && isDeepStrictEqual(a.inputs, b.inputs);
}

function textOf(date: Date | undefined): string | null {
  return date?.toISOString() ?? null;
}

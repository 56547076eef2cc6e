import { errorMessage, notFound } from "../../errors.ts";
import type { RestateClient } from "../restate.ts";
import { scheduledInputs } from "../specification-triggers.ts";
import type { WorkflowLogger } from "../task-type.ts";
import type { Json, Schedule } from "../workflow.ts";
import type { WorkflowDefinition, WorkflowRepository } from "../workflow-repository.ts";
import type { SchedulePlan } from "./schedule.ts";

/** The schedules of one workflow, as `GET /v1/schedules` tells them. */
export interface WorkflowSchedules {
  workflow: string;
  version: number;
  paused: boolean;
  /** In the order of the file; `next` is RFC 3339, null where it never comes again. */
  schedules: (Schedule & { next: string | null })[];
  /** The latest run that a schedule started. */
  last: { run: string; due: string } | null;
}

/** Triggers that wait for something by themselves: a schedule's time, an object in the bucket. */
export interface StandingTriggers {
  /** Looks after the triggers of all workflows, now and every minute: Restate may have lost its data. */
  start(): void;
  stop(): void;
  /** A version was put. Where Restate does not answer, `start` makes up for it. */
  refresh(definition: WorkflowDefinition): Promise<void>;
  /** The workflow was deleted. Where Restate does not answer, its triggers find out themselves. */
  forget(definition: WorkflowDefinition): Promise<void>;
  list(): Promise<WorkflowSchedules[]>;
  /** @throws ApiError `schedule-not-found` (404), `workflow-engine-unavailable` (503) */
  pause(workflow: string): Promise<WorkflowSchedules>;
  resume(workflow: string): Promise<WorkflowSchedules>;
  /** What a run of its schedule would get now. @param position which of its schedules, from 0. Default 0. */
  inputsNow(workflow: string, position?: number): Promise<{ version: number; inputs: Record<string, Json> }>;
}

export interface StandingTriggerOptions {
  workflows: WorkflowRepository;
  restate: Pick<RestateClient, "schedule" | "watch">;
  logger: WorkflowLogger;
  now?: () => number;
}

const lookAfterMilliseconds = 60_000;

export function createStandingTriggers(options: StandingTriggerOptions): StandingTriggers {
  const { workflows, restate, logger, now = Date.now } = options;
  let timer: NodeJS.Timeout | undefined;

  async function arm({ name, workflow }: WorkflowDefinition): Promise<void> {
    if (schedulesOf(workflow.triggers).length > 0) await restate.schedule(name, "refresh");
    for (const { object } of workflow.triggers)
      if (object !== undefined) await restate.watch({ workflow: name, ...object });
  }

  async function armAll(): Promise<void> {
    try {
      for (const definition of await workflows.list()) await arm(definition);
    } catch (error) {
      logger.debug({ reason: errorMessage(error) }, "triggers cannot be looked after now; trying again");
    }
  }

  async function scheduled(name: string): Promise<WorkflowDefinition> {
    const definition = await workflows.get(name);
    if (schedulesOf(definition.workflow.triggers).length > 0) return definition;
    throw notFound("schedule-not-found", `workflow "${name}" has no schedule among its triggers`);
  }

  async function act(name: string, action: "refresh" | "pause" | "resume"): Promise<WorkflowSchedules> {
    await scheduled(name);
    return described(name, await restate.schedule(name, action));
  }

  return {
    start() {
      void armAll();
      timer = setInterval(() => void armAll(), lookAfterMilliseconds);
      timer.unref();
    },
    stop: () => clearInterval(timer),
    async refresh(definition) {
      await arm(definition).catch((error) =>
        logger.warn(
          { workflow: definition.name, reason: errorMessage(error) },
          "the workflow's triggers wait until Restate answers",
        ),
      );
    },
    async forget({ name, workflow }) {
      if (schedulesOf(workflow.triggers).length === 0) return;
      await restate
        .schedule(name, "refresh")
        .catch((error) =>
          logger.debug({ workflow: name, reason: errorMessage(error) }, "its schedules are still planned"),
        );
    },
    async list() {
      const all = await workflows.list();
      const names = all.filter(({ workflow }) => schedulesOf(workflow.triggers).length > 0);
      return await Promise.all(
        names.map(async ({ name }) => described(name, await restate.schedule(name, "refresh"))),
      );
    },
    pause: (name) => act(name, "pause"),
    resume: (name) => act(name, "resume"),
    async inputsNow(name, position = 0) {
      const { version, workflow } = await scheduled(name);
      const schedules = schedulesOf(workflow.triggers);
      const schedule = schedules[position];
      if (schedule === undefined)
        throw notFound(
          "schedule-not-found",
          `workflow "${name}" has ${schedules.length} schedules; they are numbered from 0`,
        );
      return { version, inputs: scheduledInputs(schedule, new Date(now())) };
    },
  };
}

function schedulesOf(triggers: { schedule?: Schedule }[]): Schedule[] {
  return triggers.flatMap(({ schedule }) => schedule ?? []);
}

function described(
  workflow: string,
  { version, isPaused, schedules, last }: SchedulePlan,
): WorkflowSchedules {
  return {
    workflow,
    version,
    paused: isPaused,
    schedules: schedules.map(({ schedule, next }) => ({ ...schedule, next })),
    last,
  };
}

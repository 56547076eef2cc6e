import { z } from "zod";

const time = z.iso.datetime();

export const workflowSchedulesAnswer = z
  .object({
    workflow: z.string(),
    version: z.int(),
    paused: z.boolean(),
    schedules: z.array(
      z.object({
        cron: z.string(),
        timeZone: z.string(),
        missed: z.enum(["skip", "once", "all"]),
        inputs: z.record(z.string(), z.unknown()),
        next: time.nullable(),
      }),
    ),
    last: z.object({ run: z.string(), due: time }).nullable(),
  })
  .meta({ id: "WorkflowSchedules" });

export const schedulesAnswer = z
  .object({ schedules: z.array(workflowSchedulesAnswer) })
  .meta({ id: "Schedules" });

import { Cron } from "croner";
import { z } from "zod";
import { closedObject, name } from "./schema-parts.ts";

/** What `states` of a workflow trigger may name: how a run ends. */
const endStates = ["succeeded", "failed", "cancelled"] as const;

const message = closedObject({ type: z.string().min(1).max(256) });

const schedule = closedObject({
  cron: z
    .string()
    .min(1)
    .max(200)
    .superRefine((pattern, context) => {
      const problem = cronProblem(pattern);
      if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
    })
    .describe("five fields, or six with seconds first"),
  timeZone: z
    .string()
    .refine(isTimeZone, 'must be an IANA time zone such as "Europe/Berlin"')
    .default("UTC")
    .describe("IANA name"),
  missed: z
    .enum(["skip", "once", "all"])
    .default("once")
    .describe("what to do about times at which nothing could start a run"),
  inputs: z.record(name, z.unknown()).default({}).describe("strings may hold ${schedule.time}"),
});

const object = closedObject({
  prefix: z.string().max(900),
  suffix: z.string().min(1).max(900).optional(),
});

const workflow = closedObject({
  name,
  states: z.array(z.enum(endStates)).min(1).default(["succeeded"]),
});

const kinds = { message, schedule, object, workflow };

/** One trigger: exactly one of the kinds. */
export const triggerSchema = closedObject({
  message: message.optional().describe("a message of this type on the queue"),
  schedule: schedule.optional().describe("a time"),
  object: object.optional().describe("an object that was created in the bucket"),
  workflow: workflow.optional().describe("a run of another workflow that ended"),
})
  .refine(
    (trigger) => Object.keys(trigger).length === 1,
    `must hold exactly one of ${Object.keys(kinds).join(", ")}`,
  )
  .meta({ minProperties: 1, maxProperties: 1 });

/** What is wrong with a cron pattern of five fields (or six, seconds first); undefined if nothing. */
function cronProblem(pattern: string): string | undefined {
  try {
    const cron = new Cron(pattern, { paused: true });
    return cron.nextRun() === null ? "gives no time at all: it would never start a run" : undefined;
  } catch (error) {
    return `is no cron pattern such as "0 6 * * 1-5": ${(error as Error).message.replace(/^CronPattern: /, "")}`;
  }
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

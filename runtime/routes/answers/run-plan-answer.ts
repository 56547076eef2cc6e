import { z } from "zod";
import { planAnswer } from "./plan-answer.ts";

const seconds = z.number();

const reason = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("start") }),
  z.object({ kind: z.literal("failure"), task: z.string() }),
  z.object({ kind: z.literal("drift"), task: z.string(), plannedSeconds: seconds, actualSeconds: seconds }),
  z.object({ kind: z.literal("capacity") }),
]);

/** All times are seconds from the run's start, those within `plan` from its `offset`. */
export const runPlansAnswer = z
  .object({
    run: z.string(),
    workflow: z.string(),
    state: z.string(),
    plans: z.array(
      z.object({
        number: z.int(),
        reason,
        createdAt: z.iso.datetime(),
        offset: seconds,
        capacity: z.string(),
        plan: planAnswer.optional(),
        error: z.string().optional(),
      }),
    ),
    tasks: z.array(
      z.object({
        name: z.string(),
        state: z.string(),
        planned: z
          .object({ start: seconds, end: seconds, slack: seconds, isCritical: z.boolean() })
          .optional(),
        actual: z.object({ start: seconds, end: seconds.optional() }).optional(),
      }),
    ),
  })
  .meta({ id: "RunPlans" });

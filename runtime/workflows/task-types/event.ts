import { z } from "zod";
import { runIdPattern } from "../prepare-run.ts";
import { closedObject } from "../schema-parts.ts";
import type { EventTaskType } from "../task-type.ts";

const runId = z.string().regex(runIdPattern, "must be the id of a run");
const eventName = z.string().min(1).max(200);

const shape = closedObject({
  /** Name of the event to wait for. What a run awaits is fixed in its file. */
  await: eventName
    .refine(
      (text) => !text.includes("${"),
      "must be a name: what a run awaits is fixed in its file, no expression decides it",
    )
    .optional(),
  /** Only an event for which this gives true ends the wait; it sees `event.name`, `event.data` and `event.time`. */
  match: z.string().optional(),
  /** Seconds to wait; default: for ever. */
  deadline: z.number().positive().max(31_536_000).optional(),
  /** The data that count when the deadline passes; without it the task fails then. */
  default: z.unknown().optional(),
  /** Name of the event to send. */
  emit: eventName.optional(),
  /** The runs that get it. */
  to: z.union([runId, z.array(runId).min(1).max(1000)]).optional(),
  /** At most 64 KiB of JSON. */
  data: z.unknown().optional(),
});

const schema = shape.superRefine((value, context) => {
  const problem = (path: string, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  if ((value.await === undefined) === (value.emit === undefined))
    return context.addIssue({ code: "custom", message: "must hold either await or emit: the event's name" });
  const others =
    value.await === undefined ? (["match", "deadline", "default"] as const) : (["to", "data"] as const);
  for (const key of others)
    if (value[key] !== undefined) problem(key, `is for ${value.await === undefined ? "await" : "emit"} only`);
  if (value.emit !== undefined && value.to === undefined)
    problem("to", "is required: the runs that get the event");
  if (value.default !== undefined && value.deadline === undefined)
    problem("default", "needs a deadline beside it");
});

/**
 * Sends an event to other runs, or waits for one; one that came before the wait counts. Outputs: of a sent event
 * `{sent}`, the runs that got it, and `{ended}`, those that had ended; of an awaited one `{data, time, expired}`.
 */
export const event: EventTaskType = {
  kind: "event",
  name: "event",
  schema,
  fixed: ["await"],
  deferred: { match: ["event"] },
};

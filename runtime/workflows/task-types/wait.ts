import { z } from "zod";
import { closedObject } from "../schema-parts.ts";
import type { TimerTaskType } from "../task-type.ts";

const schema = closedObject({
  /** Counted from the task's start; at most a year. */
  seconds: z.number().min(0).max(31_536_000).optional(),
  /** RFC 3339 with an offset. A time that has passed ends the wait at once. */
  until: z.iso
    .datetime({ offset: true, error: "must be a time as in RFC 3339, e.g. 2026-03-01T06:00:00Z" })
    .optional(),
}).refine(
  ({ seconds, until }) => (seconds === undefined) !== (until === undefined),
  "must hold either seconds or until",
);

/** Waits durably and holds no process; outputs: `{until}`, the time that it waited for. */
export const wait: TimerTaskType<z.infer<typeof schema>> = {
  kind: "timer",
  name: "wait",
  schema,
  end: ({ seconds, until }, now) => (until === undefined ? now + (seconds ?? 0) * 1000 : Date.parse(until)),
};

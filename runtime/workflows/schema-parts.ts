import { z } from "zod";
import { nearestName } from "../nearest-name.ts";

/** Strings that name a workflow or a task: they become parts of object keys and URLs. */
export const namePattern = /^[a-z][a-z0-9_-]{0,62}$/;
export const name = z
  .string()
  .regex(
    namePattern,
    "must begin with a small letter and hold only a-z, 0-9, - and _, at most 63 characters",
  );

/** An object that refuses unknown keys, naming those it allows. */
export function closedObject<Shape extends z.ZodRawShape>(shape: Shape) {
  const allowed = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return undefined;
      return (issue as unknown as { keys: string[] }).keys
        .map((key) => {
          const meant = nearestName(key, allowed);
          return `unknown key "${key}"${meant ? `, did you mean "${meant}"?` : ";"} allowed are ${allowed.join(", ")}`;
        })
        .join("; ");
    },
  });
}

/** Text; a number or a truth value that an expression gives is taken as its text. */
export const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)], {
  error: "must be text",
});

const aWeek = 604_800;
const seconds = z.number().min(0).max(aWeek);

/** Seconds that one attempt may take. */
export const timeout = z.number().positive().max(aWeek);

/** When a failed attempt is tried again: a RetryPolicy, or the part of it that differs from the default. */
export const retries = closedObject({
  maximum: z.number().int().min(0).max(100).describe("attempts after the first; default 3"),
  initialInterval: seconds.describe("seconds before the second attempt; default 0.1"),
  maximumInterval: seconds.describe("seconds that an interval is at most; default 5"),
  factor: z.number().min(1).max(100).describe("each interval is the one before times this; default 2"),
  errors: z
    .array(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be an error\'s code, such as "task-timeout"'))
    .min(1)
    .describe("codes of the errors that are tried again; default: every one that may pass"),
}).partial();

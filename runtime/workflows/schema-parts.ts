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

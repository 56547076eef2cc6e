import { z } from "zod";
import { closedObject, text } from "../specification-schema.ts";
import type { WaitTaskType } from "../task-type.ts";

const schema = closedObject({
  question: text,
  details: z.unknown().optional(),
  options: z.array(z.string().min(1)).min(1).default(["yes", "no"]),
  /** Who is asked. Recorded; checked once people have identities. */
  person: z.string().optional(),
  /** Seconds to wait for an answer; default: for ever. */
  deadline: z.number().positive().max(31_536_000).optional(),
  /** The decision when the deadline passes; without it the task fails then. */
  default: z.string().optional(),
}).superRefine((value, context) => {
  if (value.default !== undefined && !value.options.includes(value.default))
    context.addIssue({
      code: "custom",
      path: ["default"],
      message: `must be one of the options: ${value.options.join(", ")}`,
    });
});

/** Asks a person; outputs: `{decision, person, comment}`. */
export const approve: WaitTaskType<z.infer<typeof schema>> = {
  kind: "wait",
  name: "approve",
  schema,
  deadline: (parameters) => parameters.deadline,
  refuse: (parameters, answer) =>
    parameters.options.includes(answer.decision)
      ? undefined
      : `"${answer.decision}" is no option; the options are ${parameters.options.join(", ")}`,
  outputs: ({ decision, person, comment }) => ({ decision, person, comment }),
  expire: (parameters) =>
    parameters.default === undefined
      ? undefined
      : { decision: parameters.default, person: null, comment: "nobody answered before the deadline" },
};

import { z } from "zod";
import { closedObject, text } from "../specification-schema.ts";
import type { StepTaskType } from "../task-type.ts";

const schema = closedObject({
  level: z.enum(["info", "warn", "error"]).default("info"),
  message: text,
});

/** Writes a structured log line that monitoring can raise an alarm from; outputs: `{level, message}`. */
export const notify: StepTaskType<z.infer<typeof schema>> = {
  kind: "step",
  name: "notify",
  schema,
  async execute({ level, message }, context) {
    context.logger[level]({ run: context.runId, task: context.task, notification: true }, message);
    return { level, message };
  },
};

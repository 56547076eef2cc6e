import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { taskLogKey } from "../run.ts";
import { runScript } from "../script-process.ts";
import { closedObject } from "../specification-schema.ts";
import type { StepTaskType } from "../task-type.ts";

const variable = /^(?!SKYLOOM_)[A-Za-z_][A-Za-z0-9_]*$/;

const schema = closedObject({
  /** Program and arguments; no shell is involved unless it is the program. */
  command: z.array(z.string()).min(1),
  environment: z
    .record(
      z.string().regex(variable, "must be a variable name that does not begin with SKYLOOM_"),
      z.union([z.string(), z.number(), z.boolean(), z.null()]),
    )
    .default({}),
  /** What the script finds, as JSON, in the file that SKYLOOM_INPUTS names. */
  inputs: z.record(z.string(), z.unknown()).default({}),
});

/**
 * Runs a program with the workflow's files in its working directory. It reads JSON from the file named by
 * SKYLOOM_INPUTS and writes its outputs, a JSON object, into the file named by SKYLOOM_OUTPUTS (none: `{}`).
 * SKYLOOM_TASK_KEY is the same in every attempt: a script whose process was lost may run again with the same key.
 */
export const script: StepTaskType<z.infer<typeof schema>> = {
  kind: "step",
  name: "script",
  schema,
  async execute(parameters, context) {
    const folder = await mkdtemp(join(tmpdir(), "skyloom-script-"));
    try {
      const result = await runScript({
        command: parameters.command,
        environment: Object.fromEntries(
          Object.entries(parameters.environment).map(([name, value]) => [
            name,
            value === null ? "" : String(value),
          ]),
        ),
        inputs: parameters.inputs,
        files: await context.files(),
        key: context.key,
        folder,
        signal: context.signal,
      });
      await context.store.put(
        taskLogKey(context.runId, context.task),
        `attempt ${context.attempt}: ${parameters.command.join(" ")}\n${result.log}`,
      );
      if (result.error !== undefined) throw result.error;
      return result.outputs;
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  },
};

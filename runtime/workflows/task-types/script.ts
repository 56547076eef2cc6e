import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runScript } from "../script-process.ts";
import { closedObject } from "../specification-schema.ts";
import { readTaskSecrets, secretName } from "../task-secrets.ts";
import type { StepTaskType } from "../task-type.ts";

const variable = /^(?!SKYLOOM_)[A-Za-z_][A-Za-z0-9_]*$/;
/** Set by the runtime, or telling programs what to load. */
const reservedVariable = /^(SKYLOOM_.*|PATH|HOME|LANG|TMPDIR|LD_.*|NODE_OPTIONS|BASH_ENV|ENV|IFS)$/;
const maximumSecrets = 32;

const secretVariable = z
  .string()
  .regex(variable, "must be a variable name that does not begin with SKYLOOM_")
  .refine((name) => !reservedVariable.test(name), {
    error: ({ input }) => `${input} is reserved: choose another name for the variable`,
  });

const schema = closedObject({
  /** Program and arguments; no shell is involved unless it is the program. */
  command: z.array(z.string()).min(1),
  environment: z
    .record(
      z.string().regex(variable, "must be a variable name that does not begin with SKYLOOM_"),
      z.union([z.string(), z.number(), z.boolean(), z.null()]),
    )
    .default({}),
  /** Variable to the name of a secret (runtime/secrets): its value is in the script's environment, and nowhere else. */
  secrets: z
    .record(secretVariable, secretName, {
      error: ({ code }) =>
        code === "invalid_type" ? "must be a mapping from variables to names of secrets" : undefined,
    })
    .refine((secrets) => Object.keys(secrets).length <= maximumSecrets, `must hold at most ${maximumSecrets}`)
    .default({}),
  /** What the script finds, as JSON, in the file that SKYLOOM_INPUTS names. */
  inputs: z.record(z.string(), z.unknown()).default({}),
}).superRefine(({ environment, secrets }, context) => {
  for (const name of Object.keys(secrets))
    if (Object.hasOwn(environment, name))
      context.addIssue({ code: "custom", path: ["secrets", name], message: "is in environment as well" });
});

/**
 * Runs a program with the workflow's files in its working directory. It reads JSON from the file named by
 * SKYLOOM_INPUTS and writes its outputs, a JSON object, into the file named by SKYLOOM_OUTPUTS (none: `{}`).
 * SKYLOOM_TASK_KEY is the same in every attempt: a script whose process was lost may run again with the same key.
 * Secrets are read anew for every attempt, and masked in what the script prints, gives and fails with.
 */
export const script: StepTaskType<z.infer<typeof schema>> = {
  kind: "step",
  name: "script",
  schema,
  fixed: ["secrets"],
  async execute(parameters, context) {
    const secrets = await readTaskSecrets(parameters.secrets, context);
    const folder = await mkdtemp(join(tmpdir(), "skyloom-script-"));
    try {
      context.log(`attempt ${context.attempt}: ${parameters.command.join(" ")}\n`);
      const result = await runScript({
        command: parameters.command,
        environment: Object.fromEntries(
          Object.entries(parameters.environment).map(([name, value]) => [
            name,
            value === null ? "" : String(value),
          ]),
        ),
        secrets,
        inputs: parameters.inputs,
        files: await context.files(),
        key: context.key,
        folder,
        signal: context.signal,
        onOutput: (part) => context.log(part),
      });
      if (result.error !== undefined) throw result.error;
      return result.outputs;
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  },
};

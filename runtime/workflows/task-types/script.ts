import { join } from "node:path";
import { z } from "zod";
import { type GroupUsage, measureGroup } from "../../processes/measure-group.ts";
import { createOwnFolder, removeFolder } from "../../processes/own-folder.ts";
import { fetchObjects } from "../fetch-objects.ts";
import { filePathProblem } from "../file-paths.ts";
import { bytesAmount } from "../resources.ts";
import { closedObject } from "../schema-parts.ts";
import { runScript } from "../script-process.ts";
import { readTaskSecrets } from "../task-secrets.ts";
import type { StepTaskType } from "../task-type.ts";
import {
  environmentSchema,
  environmentTexts,
  grantTexts,
  refuseVariableTwice,
  secretsSchema,
} from "../task-variables.ts";

const schema = closedObject({
  /** Program and arguments; no shell is involved unless it is the program. */
  command: z.array(z.string()).min(1),
  environment: environmentSchema,
  secrets: secretsSchema,
  /** Path in the working directory to the key of an object in the bucket, which the script finds there. */
  objects: z
    .record(
      z.string().superRefine((path, context) => {
        const message = filePathProblem(path);
        if (message !== undefined) context.addIssue({ code: "custom", message });
      }),
      z.string().min(1),
    )
    .default({}),
  /** What the script finds, as JSON, in the file that SKYLOOM_INPUTS names. */
  inputs: z.record(z.string(), z.unknown()).default({}),
  /** What each of its processes may take; default: no limits. */
  limits: closedObject({
    /** Whole seconds of processor time; beyond them the attempt fails and is not repeated. */
    cpuSeconds: z.number().int().min(1).max(604_800).optional(),
    /** Bytes, or as `512Mi`; beyond it memory is refused to the program, which most end with. */
    memory: bytesAmount.optional(),
    openFiles: z.number().int().min(16).max(1_048_576).optional(),
  }).default({}),
}).superRefine(refuseVariableTwice);

/**
 * Runs a program with the workflow's files in its working directory. It reads JSON from the file named by
 * SKYLOOM_INPUTS and writes its outputs, a JSON object, into the file named by SKYLOOM_OUTPUTS (none: `{}`).
 * SKYLOOM_TASK_KEY is the same in every attempt: a script whose process was lost may run again with the same key.
 * Secrets are read anew for every attempt, and masked in what the script prints, gives and fails with.
 */
export const script: StepTaskType<z.infer<typeof schema>> = {
  kind: "step",
  name: "script",
  isolated: true,
  schema,
  fixed: ["secrets"],
  async execute(parameters, context) {
    const secrets = await readTaskSecrets(parameters.secrets, context);
    const folder = await createOwnFolder();
    try {
      await fetchObjects(context.store, parameters.objects, join(folder, "files"), context.signal);
      context.log(`attempt ${context.attempt}: ${parameters.command.join(" ")}\n`);
      let measured: (() => GroupUsage) | undefined;
      const result = await runScript({
        command: parameters.command,
        environment: { ...environmentTexts(parameters.environment), ...grantTexts(context.resources) },
        secrets,
        inputs: parameters.inputs,
        files: await context.files(),
        key: context.key,
        folder,
        signal: context.signal,
        limits: parameters.limits,
        onStart(leader) {
          measured = measureGroup(leader);
        },
        onOutput: (part) => context.log(part),
      });
      context.usage(measured?.() ?? {});
      if (result.error !== undefined) throw result.error;
      return result.outputs;
    } finally {
      await removeFolder(folder);
    }
  },
};

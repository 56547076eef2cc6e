import { z } from "zod";
import type { Grant } from "./admission/amounts.ts";
import { secretName } from "./task-secrets.ts";

const variable = /^(?!SKYLOOM_)[A-Za-z_][A-Za-z0-9_]*$/;
const variableRule = "must be a variable name that does not begin with SKYLOOM_";
/** Set by the runtime, or telling programs what to load. */
const reservedVariable = /^(SKYLOOM_.*|PATH|HOME|LANG|TMPDIR|LD_.*|NODE_OPTIONS|BASH_ENV|ENV|IFS)$/;
const maximumSecrets = 32;

const secretVariable = z
  .string()
  .regex(variable, variableRule)
  .refine((name) => !reservedVariable.test(name), {
    error: ({ input }) => `${input} is reserved: choose another name for the variable`,
  });

/** Variables of a program that a task runs. */
export const environmentSchema = z
  .record(z.string().regex(variable, variableRule), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .default({});

/** Variables to names of secrets (runtime/secrets): the values are in the program's environment, and nowhere else. */
export const secretsSchema = z
  .record(secretVariable, secretName, {
    error: ({ code }) =>
      code === "invalid_type" ? "must be a mapping from variables to names of secrets" : undefined,
  })
  .refine((secrets) => Object.keys(secrets).length <= maximumSecrets, `must hold at most ${maximumSecrets}`)
  .default({});

/** Of an object with `environment` and `secrets`: no variable is in both. */
export function refuseVariableTwice(
  { environment, secrets }: { environment: object; secrets: object },
  context: z.RefinementCtx,
): void {
  for (const name of Object.keys(secrets))
    if (Object.hasOwn(environment, name))
      context.addIssue({ code: "custom", path: ["secrets", name], message: "is in environment as well" });
}

/** What a task was granted, as its program finds it: SKYLOOM_CPU in cores, SKYLOOM_MEMORY in bytes, SKYLOOM_GPU_TYPE … */
export function grantTexts(grant: Grant = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(grant).map(([resource, amount]) => [
      `SKYLOOM_${resource === "gpuType" ? "GPU_TYPE" : resource.toUpperCase()}`,
      String(amount),
    ]),
  );
}

/** As a program finds them. */
export function environmentTexts(environment: z.infer<typeof environmentSchema>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value === null ? "" : String(value)]),
  );
}

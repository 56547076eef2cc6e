import type { z } from "zod";
import { createModelSigner } from "../../../../runtime/inference/model-signer.ts";
import { createLocalObjectStore } from "../../../../runtime/object-store/local.ts";
import { createOutbound } from "../../../../runtime/outbound/create-outbound.ts";
import type { SecretStore } from "../../../../runtime/secrets/secret-store.ts";
import type { StepTaskType, TaskContext } from "../../../../runtime/workflows/task-type.ts";
import { silentLogger, summingInference } from "../engine-server.ts";

/** What a step gets on a folder as its bucket; servers of tests are on loopback. */
export function taskContext(bucket: string, changes: Partial<TaskContext> = {}): TaskContext {
  return {
    runId: "run-1",
    task: "step",
    attempt: 1,
    key: "run-1/step",
    signal: new AbortController().signal,
    store: createLocalObjectStore({ folder: bucket }),
    outbound: createOutbound({ allowPrivateAddresses: ["127.0.0.1"] }),
    inference: summingInference,
    modelSigner: createModelSigner({ secrets: changes.secrets, secret: undefined, modelKeys: [] }),
    logger: silentLogger,
    files: async () => ({}),
    log: () => undefined,
    usage: () => undefined,
    ...changes,
  };
}

/** One attempt with what stands under `with`, as the engine makes it. */
export async function runTask<With>(type: StepTaskType<With>, parameters: unknown, context: TaskContext) {
  return await type.execute(type.schema.parse(parameters), context);
}

/** Path and message of everything that is wrong with what stands under `with`. */
export function problemsOf(type: { schema: z.ZodType }, parameters: unknown): string[] {
  const { error } = type.schema.safeParse(parameters);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

export function secretsOf(values: Record<string, string>): SecretStore {
  return {
    get: async (name) => values[name] ?? "",
    check: async () => undefined,
    close: async () => undefined,
  };
}

import { z } from "zod";
import type { ContainerRequest, ContainerRunner } from "../../containers/container-runner.ts";
import { ApiError } from "../../errors.ts";
import { BoundedText } from "../bounded-text.ts";
import { maskedError } from "../masked-error.ts";
import { createMasking, type Masking } from "../masking.ts";
import { closedObject, text } from "../specification-schema.ts";
import { readTaskSecrets } from "../task-secrets.ts";
import type { StepTaskType, TaskContext } from "../task-type.ts";
import {
  environmentSchema,
  environmentTexts,
  grantTexts,
  refuseVariableTwice,
  secretsSchema,
} from "../task-variables.ts";
import type { Json } from "../workflow.ts";

const maximumTailBytes = 4096;
const maximumErrorLines = 10;
/** The engine ends an attempt at its timeout; what it cannot end any more ends by itself after this. */
const graceSeconds = 60;

const schema = closedObject({
  /** By tag or digest. */
  image: z.string().min(1).max(1024),
  /** Instead of the image's entry point. */
  command: z.array(text).min(1).optional(),
  arguments: z.array(text).optional(),
  environment: environmentSchema,
  secrets: secretsSchema,
  /** What the container finds, as JSON, in the file that SKYLOOM_INPUTS names. */
  inputs: z.record(z.string(), z.unknown()).default({}),
  /** Seconds from the container's start; the task's own `timeout` also counts what it waits for. */
  timeout: z.number().positive().max(604_800).optional(),
  /** Exit statuses after which it is tried again. Default: every one but 0. */
  retryExitCodes: z.array(z.number().int().min(1).max(255)).optional(),
}).superRefine(refuseVariableTwice);

type Parameters = z.infer<typeof schema>;

/**
 * Runs a container: on a cluster a Job, else Docker's or a process (runtime/containers). It reads JSON from the file named
 * by SKYLOOM_INPUTS and writes its outputs, a JSON object, into the file named by SKYLOOM_OUTPUTS or into a line of its log
 * that begins with `::skyloom-outputs::`. Its resources are those of the task. Secrets are read anew for every attempt,
 * and masked in what the container prints, gives and fails with.
 */
export const container: StepTaskType<Parameters> = {
  kind: "step",
  name: "container",
  isolated: true,
  schema,
  fixed: ["secrets"],
  // A node and an image may have to come first.
  timeout: 3600,
  async execute(parameters, context) {
    const secrets = await readTaskSecrets(parameters.secrets, context);
    const masking = createMasking(Object.values(secrets));
    try {
      return masking.json(await run(parameters, secrets, masking, context));
    } catch (error) {
      throw maskedError(error, masking);
    }
  },
};

async function run(
  parameters: Parameters,
  secrets: Record<string, string>,
  masking: Masking,
  context: TaskContext,
): Promise<Record<string, Json>> {
  const stream = masking.stream();
  const tail = new BoundedText(maximumTailBytes);
  const pass = (part: Buffer) => {
    if (part.length === 0) return;
    tail.append(part);
    context.log(part);
  };
  const { signal, detach } = signalsOf(context.signal);
  const request = requestOf(parameters, secrets, context);
  pass(Buffer.from(`attempt ${context.attempt}: ${request.image}\n`));
  const result = await runnerOf(context)
    .run(request, { signal, detach, log: (part) => pass(stream.append(Buffer.from(part as string))) })
    .finally(() => pass(stream.end()));
  context.usage(result.usage);
  if (result.exitCode !== 0) throw exitError(result.exitCode, parameters.retryExitCodes, tail.toString());
  return result.outputs;
}

function runnerOf({ containers }: TaskContext): ContainerRunner {
  if (containers !== undefined) return containers;
  throw new ApiError("this runtime runs no containers", { status: 422, code: "containers-off" });
}

function requestOf(
  { image, command, arguments: parameters, environment, inputs, timeout }: Parameters,
  secrets: Record<string, string>,
  { runId, key, attempt, resources = {}, timeout: deadline }: TaskContext,
): ContainerRequest {
  return {
    runId,
    // The key tells items of a task and a task that runs again after its compensation apart.
    task: key.startsWith(`${runId}/`) ? key.slice(runId.length + 1) : key,
    attempt,
    image,
    command,
    arguments: parameters,
    environment: { ...environmentTexts(environment), ...grantTexts(resources) },
    secrets,
    inputs,
    resources,
    timeLimitSeconds: timeout,
    deadlineSeconds: deadline === undefined ? undefined : deadline + graceSeconds,
  };
}

/** A step that this process gives up goes on elsewhere, with the same container. */
function signalsOf(signal: AbortSignal): { signal: AbortSignal; detach: AbortSignal } {
  const stop = new AbortController();
  const detach = new AbortController();
  const pass = () => {
    const { reason } = signal;
    const isAbandoned = reason instanceof ApiError && reason.code === "abandoned";
    (isAbandoned ? detach : stop).abort(reason);
  };
  if (signal.aborted) pass();
  else signal.addEventListener("abort", pass, { once: true });
  return { signal: stop.signal, detach: detach.signal };
}

function exitError(exitCode: number, retried: number[] | undefined, log: string): ApiError {
  const lines = log.trimEnd().split("\n").slice(-maximumErrorLines).join("\n");
  const isRetryable = retried === undefined || retried.includes(exitCode);
  return new ApiError(`the container ended with status ${exitCode}: ${lines}`, {
    status: isRetryable ? 500 : 422,
    code: "container-failed",
    isRetryable,
  });
}

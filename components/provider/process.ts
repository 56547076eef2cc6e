import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { errorMessage } from "../../runtime/errors.ts";
import { healthProblem } from "../clouds/local/processes/health-check.ts";
import {
  isAlive,
  logFile,
  type ProcessRecord,
  readRecord,
} from "../clouds/local/processes/process-record.ts";
import { createProcessTable } from "../clouds/local/processes/process-table.ts";
import { type ProcessSettings, startProcess } from "../clouds/local/processes/start-process.ts";
import { stopProcess } from "../clouds/local/processes/stop-process.ts";
import { createProcessChecks } from "./process-checks.ts";
import { absolutePath, type ResourceContext, type ResourceHandler } from "./resource-handler.ts";
import type { WireProperties } from "./wire-values.ts";

const httpUrl = z.url({ protocol: /^https?$/ });

const schema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits, hyphens"),
  command: z.tuple([absolutePath], z.string()),
  workingDirectory: absolutePath,
  environment: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()),
  ports: z.array(
    z.strictObject({
      name: z.string().min(1),
      host: z.string().min(1),
      port: z.int().min(1).max(65_535),
    }),
  ),
  healthCheck: z
    .strictObject({
      url: httpUrl,
      liveUrl: httpUrl.optional(),
      timeoutSeconds: z.number().positive().max(3600).default(30),
    })
    .optional(),
  limits: z
    .strictObject({
      memoryBytes: z.int().min(1_048_576).optional(),
      openFiles: z.int().min(16).optional(),
    })
    .default({}),
  stateFolder: absolutePath,
  /** Fingerprint of what the command reads; a change starts the process again. */
  codeHash: z.string().optional(),
  stopSeconds: z.number().min(0).max(3600).default(30),
});

export type ProcessInputs = z.infer<typeof schema>;

/** A change of these alone needs no new process. */
const SETTINGS_OF_THE_PROVIDER = ["healthCheck", "stopSeconds"];
const LIVENESS_ATTEMPTS = 2;

/**
 * skyloom:local:Process: a process that outlives the update. Every change but that of its place is one in place:
 * stop, start. Outputs: state (running, stopped, unhealthy), pid, startedAt, logFile.
 */
export function createProcessHandler(): ResourceHandler<ProcessInputs> {
  const table = createProcessTable();
  const start = async (inputs: ProcessInputs, { signal, secrets }: ResourceContext) =>
    describeRunning(inputs, await startProcess(settingsOf(inputs, secrets), table, signal));

  return {
    schema,
    replaceOnChanges: ["name", "stateFolder"],
    findProblems: createProcessChecks(table),
    async create(inputs, context) {
      try {
        return await start(inputs, context);
      } catch (error) {
        throw new Error(`process ${inputs.name} ${errorMessage(error)}`);
      }
    },
    async read(inputs) {
      const record = readRecord(inputs.stateFolder);
      if (record === undefined || !isAlive(record, table)) return { state: "stopped" };
      const { healthCheck } = inputs;
      const isLive = healthCheck === undefined || (await isHealthy(healthCheck.liveUrl ?? healthCheck.url));
      return { ...describeRunning(inputs, record), ...(!isLive && { state: "unhealthy" }) };
    },
    needsUpdate: ({ state }) => state !== "running",
    async update(olds, news, context) {
      const record = readRecord(news.stateFolder);
      const isRunning = record !== undefined && isAlive(record, table);
      if (isRunning && !needsRestart(olds, news)) return await keep(news, record, context, start);
      try {
        return await start(news, context);
      } catch (error) {
        throw await restorePrevious(olds, context, isRunning, start, error);
      }
    },
    async delete({ name, stateFolder }) {
      try {
        await stopProcess(stateFolder, table);
      } catch (error) {
        throw new Error(`process ${name} ${errorMessage(error)}`);
      }
    },
  };
}

type Start = (inputs: ProcessInputs, context: ResourceContext) => Promise<WireProperties>;

/** The process stays, unless it is not well. */
async function keep(inputs: ProcessInputs, record: ProcessRecord, context: ResourceContext, start: Start) {
  const { healthCheck } = inputs;
  const isLive = healthCheck === undefined || (await isHealthy(healthCheck.liveUrl ?? healthCheck.url));
  return isLive ? describeRunning(inputs, record) : await start(inputs, context);
}

/** Leaves the stack as it was as far as that is possible. @returns the error to throw. */
async function restorePrevious(
  olds: ProcessInputs,
  context: ResourceContext,
  wasRunning: boolean,
  start: Start,
  cause: unknown,
): Promise<Error> {
  const message = `process ${olds.name} ${errorMessage(cause)}`;
  if (!wasRunning) return new Error(message);
  try {
    await start(olds, { ...context, signal: new AbortController().signal });
    return new Error(`${message}\nThe previous process was started again with its previous settings.`);
  } catch (error) {
    return new Error(
      `${message}\nThe previous process could not be started again either: ${errorMessage(error)}`,
    );
  }
}

function needsRestart(olds: ProcessInputs, news: ProcessInputs): boolean {
  const names = Object.keys(schema.shape).filter((name) => !SETTINGS_OF_THE_PROVIDER.includes(name));
  return names.some((name) => !isDeepStrictEqual(Reflect.get(olds, name), Reflect.get(news, name)));
}

async function isHealthy(url: string): Promise<boolean> {
  for (let attempt = 0; attempt < LIVENESS_ATTEMPTS; attempt += 1)
    if ((await healthProblem(url)) === undefined) return true;
  return false;
}

function settingsOf(inputs: ProcessInputs, secrets: string[]): ProcessSettings {
  return { ...inputs, secrets };
}

function describeRunning({ stateFolder }: ProcessInputs, { pid, startedAt }: ProcessRecord): WireProperties {
  return { state: "running", pid, startedAt, logFile: logFile(stateFolder) };
}

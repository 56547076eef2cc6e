import { measureGroup } from "../../processes/measure-group.ts";
import { createOwnFolder, removeAbandonedFolders, removeFolder } from "../../processes/own-folder.ts";
import { runScript, type ScriptResult } from "../../workflows/script-process.ts";
import { finalError, timeLimitError } from "../container-errors.ts";
import type {
  ContainerOptions,
  ContainerRequest,
  ContainerResult,
  ContainerRunner,
  ContainerUsage,
} from "../container-runner.ts";
import { maximumOutputsBytes } from "../container-runner.ts";
import { createOutputLines } from "../output-line.ts";
import { inputsText, outputsTooLarge, readOutputs } from "../outputs.ts";

/**
 * Runs each attempt as a process of this machine, beside the runtime: for a desk without Docker. The image is not used,
 * nothing is limited, and the process ends with the runtime.
 */
export function createProcessRunner(): ContainerRunner {
  return {
    name: "process",
    async run(request, { signal, detach, log }) {
      const command = commandOf(request);
      inputsText(request.inputs);
      const limit = new AbortController();
      const either = AbortSignal.any([signal, ...(detach === undefined ? [] : [detach]), limit.signal]);
      either.throwIfAborted();
      log(`image ${request.image} is not used: this runtime runs containers as processes of its machine\n`);
      const timer = limitTimer(request.timeLimitSeconds, limit);
      const folder = await createOwnFolder();
      try {
        return await execute(request, command, { folder, signal: either, log });
      } finally {
        clearTimeout(timer);
        await removeFolder(folder);
      }
    },
    removeLeftovers: () => removeAbandonedFolders(),
    close: async () => undefined,
  };
}

function commandOf({ task, command, arguments: parameters = [] }: ContainerRequest): string[] {
  if (command !== undefined) return [...command, ...parameters];
  throw finalError(
    "container-not-startable",
    `task ${task}: command is missing: without an engine for containers the image's own is not known`,
  );
}

function limitTimer(seconds: number | undefined, limit: AbortController): NodeJS.Timeout | undefined {
  if (seconds === undefined) return undefined;
  return setTimeout(() => limit.abort(timeLimitError(seconds)), seconds * 1000);
}

async function execute(
  request: ContainerRequest,
  command: string[],
  { folder, signal, log }: ContainerOptions & { folder: string },
): Promise<ContainerResult> {
  const lines = createOutputLines();
  let measured: (() => ContainerUsage) | undefined;
  const result = await runScript({
    command,
    environment: { ...request.environment, ...request.secrets },
    inputs: request.inputs,
    files: {},
    key: `${request.runId}/${request.task}`,
    folder,
    signal,
    onStart(leader) {
      measured = measureGroup(leader);
    },
    onOutput(part) {
      lines.append(part);
      log(part);
    },
  });
  const usage = measured?.() ?? {};
  signal.throwIfAborted();
  if (result.exitCode === undefined) throw translated(result.error);
  if (result.exitCode !== 0) return { exitCode: result.exitCode, outputs: {}, usage };
  if (result.error !== undefined) throw translated(result.error);
  return { exitCode: 0, outputs: withTold(result, lines.last()), usage };
}

function withTold({ outputs }: ScriptResult, fromLog: string | undefined): ContainerResult["outputs"] {
  return { ...readOutputs(undefined, fromLog), ...outputs };
}

/** As the port calls it. */
function translated(error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string };
  if (code === "script-not-found") return finalError("container-not-startable", message, error);
  return code === "invalid-outputs" && /bytes, at most/.test(message)
    ? outputsTooLarge(maximumOutputsBytes)
    : error;
}

import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, open, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { ApiError, errorMessage } from "../errors.ts";
import { endWithUs } from "../processes/end-with-us.ts";
import { type ProcessLimits, withinLimits } from "../processes/limits.ts";
import { BoundedText } from "./bounded-text.ts";
import { filePathProblem } from "./file-paths.ts";
import { maskedError } from "./masked-error.ts";
import { createMasking, type Masking } from "./masking.ts";
import type { Json } from "./workflow.ts";

export const maximumOutputsBytes = 256 * 1024;
const maximumErrorBytes = 64 * 1024;
const maximumErrorLines = 20;

export interface ScriptOptions {
  command: string[];
  environment: Record<string, string>;
  /** Variables whose values appear nowhere but in the script's environment. Default: none. */
  secrets?: Record<string, string>;
  inputs: unknown;
  /** Path to text. */
  files: Record<string, string>;
  key: string;
  /** An empty folder of its own; the caller removes it. */
  folder: string;
  /** Default: none. */
  limits?: ProcessLimits;
  /** Aborting kills the script's whole process group. */
  signal: AbortSignal;
  /** Gets standard output and standard error as they come, with secrets masked. Default: nobody does. */
  onOutput?: (part: Buffer) => void;
  /** Gets the id of the process group. Default: nobody does. */
  onStart?: (leader: number) => void;
}

export interface ScriptResult {
  outputs: Record<string, Json>;
  /** 128 and the signal's number where a signal ended it; undefined: it never ran, or was aborted. */
  exitCode: number | undefined;
  /** Why the attempt failed. */
  error: Error | undefined;
}

/**
 * Runs a program in a process group of its own, which ends with this process at the latest, with nothing of this process's
 * environment but PATH and LANG.
 */
export async function runScript(options: ScriptOptions): Promise<ScriptResult> {
  const workingFolder = join(options.folder, "files");
  const outputsFile = join(options.folder, "outputs.json");
  const inputsFile = join(options.folder, "inputs.json");
  await writeFiles(workingFolder, options.files);
  await writeFile(inputsFile, JSON.stringify(options.inputs));
  options.signal.throwIfAborted();

  const { secrets = {} } = options;
  const masking = createMasking(Object.values(secrets));
  const limits = options.limits ?? {};
  const [program = "", ...parameters] = withinLimits(options.command, limits);
  const child = spawn(program, parameters, {
    cwd: workingFolder,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...options.environment,
      ...secrets,
      // `node` must be the Node that the runtime itself runs on.
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin"}`,
      LANG: process.env.LANG ?? "C.UTF-8",
      HOME: options.folder,
      TMPDIR: options.folder,
      SKYLOOM_INPUTS: inputsFile,
      SKYLOOM_OUTPUTS: outputsFile,
      SKYLOOM_TASK_KEY: options.key,
    },
  });
  const groupEnded = child.pid === undefined ? undefined : endWithUs(child.pid);
  if (child.pid !== undefined) options.onStart?.(child.pid);
  const errors = new BoundedText(maximumErrorBytes);
  const { onOutput = () => undefined } = options;
  collect(child.stdout, masking, onOutput);
  collect(child.stderr, masking, (part) => {
    onOutput(part);
    errors.append(part);
  });
  const end = await ended(child, options.signal);
  groupEnded?.();
  const exitCode = end === undefined ? exitCodeOf(child) : undefined;
  const failure = end ?? exitProblem(child, options.command[0] ?? "", errors.toString(), limits);
  if (failure !== undefined) return { outputs: {}, exitCode, error: maskedError(failure, masking) as Error };
  const hasSecrets = Object.keys(secrets).length > 0;
  return readOutputs(outputsFile, { isQuoted: !hasSecrets }).then(
    (outputs) => ({ outputs: masking.json(outputs), exitCode, error: undefined }),
    (error) => ({ outputs: {}, exitCode, error: maskedError(error, masking) as Error }),
  );
}

function collect(stream: Readable, masking: Masking, take: (part: Buffer) => void): void {
  const maskedStream = masking.stream();
  const append = (part: Buffer) => {
    if (part.length > 0) take(part);
  };
  stream.on("data", (chunk: Buffer) => append(maskedStream.append(chunk)));
  // Also where the process was killed; before its `close`.
  stream.once("end", () => append(maskedStream.end()));
}

/** Resolves when the process and its output streams have ended; with the reason where it was not by itself. */
function ended(child: ChildProcess, signal: AbortSignal): Promise<Error | undefined> {
  return new Promise((resolve) => {
    let reason: Error | undefined;
    const kill = () => {
      reason = signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
      killGroup(child);
    };
    signal.addEventListener("abort", kill, { once: true });
    if (signal.aborted) kill();
    const settle = (error?: Error) => {
      signal.removeEventListener("abort", kill);
      resolve(reason ?? error);
    };
    child.once("error", (error: NodeJS.ErrnoException) => settle(startProblem(error)));
    // A process that the script left behind would keep the streams open: the group ends with its leader.
    child.once("exit", () => killGroup(child));
    child.once("close", () => settle());
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group has ended already.
  }
}

function startProblem(error: NodeJS.ErrnoException): Error {
  if (error.code !== "ENOENT" && error.code !== "EACCES") return error;
  return new ApiError(`the program cannot be started: ${error.message}`, {
    status: 400,
    code: "script-not-found",
    cause: error,
  });
}

function exitCodeOf({ exitCode, signalCode }: ChildProcess): number {
  return exitCode ?? 128 + (signalCode === null ? 0 : constants.signals[signalCode]);
}

function exitProblem(
  child: ChildProcess,
  program: string,
  standardError: string,
  { cpuSeconds }: ProcessLimits,
): Error | undefined {
  if (child.exitCode === 0) return undefined;
  // A shell says by 128 and the number how its child ended.
  const isOutOfTime = exitCodeOf(child) === 128 + constants.signals.SIGXCPU;
  if (cpuSeconds !== undefined && isOutOfTime)
    return new ApiError(`${program} used more than its limit of ${cpuSeconds} s of processor time`, {
      status: 422,
      code: "script-cpu-limit",
    });
  // What becomes the program within limits says so itself (POSIX: 126, 127).
  const isNotStarted = child.exitCode === 126 || child.exitCode === 127;
  if (isNotStarted && /^limits: .*(exec|not found|denied)/m.test(standardError))
    return startProblem(Object.assign(new Error(standardError.trim()), { code: "ENOENT" }));
  const lines = standardError.trimEnd().split("\n").slice(-maximumErrorLines).join("\n");
  const how =
    child.exitCode === null ? `was ended by ${child.signalCode}` : `ended with status ${child.exitCode}`;
  return new ApiError(`${program} ${how}${lines ? `: ${lines}` : ""}`, {
    status: 500,
    code: "script-failed",
  });
}

/** @param isQuoted whether an error may quote what is wrong: a part of a secret would not be known as one. */
async function readOutputs(file: string, { isQuoted }: { isQuoted: boolean }): Promise<Record<string, Json>> {
  const handle = await open(file, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (handle === undefined) return {};
  try {
    const { size } = await handle.stat();
    if (size > maximumOutputsBytes)
      throw invalidOutputs(
        `${size} bytes, at most ${maximumOutputsBytes} are allowed: put large data into the bucket`,
      );
    const text = await handle.readFile("utf8");
    // Made and not written to: as good as not made.
    if (text.trim() === "") return {};
    const value = JSON.parse(text) as unknown;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw invalidOutputs("must be a JSON object, name to value");
    return value as Record<string, Json>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalidOutputs(isQuoted ? `no JSON: ${errorMessage(error)}` : "no JSON");
  } finally {
    await handle.close();
  }
}

function invalidOutputs(message: string): ApiError {
  return new ApiError(`the file named by SKYLOOM_OUTPUTS: ${message}`, {
    status: 422,
    code: "invalid-outputs",
  });
}

async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    const problem = filePathProblem(path);
    if (problem !== undefined)
      throw new ApiError(`file ${path}: ${problem}`, { status: 400, code: "invalid-workflow" });
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    // Executable, so that `command: [./repair.sh]` works.
    await writeFile(file, text, { mode: 0o755 });
  }
}

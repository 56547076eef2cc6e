import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { pulumiBinFolder, toolEnvironment } from "../scripts/project.mjs";
import { CannotRun } from "./output.ts";
import { projectFolder, stateFolder } from "./project.ts";

const PROJECT = "skyloom";
const backendFolder = join(stateFolder, "pulumi");

/**
 * What a plain `npx pulumi` needs for a local stack. The passphrase is empty on purpose: a real one would have to
 * lie beside the state that it protects, so the state folder is readable by its owner only instead.
 */
export function pulumiSettings(): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: pathToFileURL(backendFolder).href,
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_OPTION_POLICY_PACK: join(projectFolder, "policies"),
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

export interface PulumiResult {
  exitCode: number;
  stdout: string;
}

export interface PulumiOptions {
  /** inherit: the user sees it; capture: kept; stderr: the user sees it on standard error. Default capture. */
  output?: "inherit" | "capture" | "stderr";
}

/** Runs the pinned Pulumi command line in the project. */
export async function pulumi(args: string[], options: PulumiOptions = {}): Promise<PulumiResult> {
  const output = options.output ?? "capture";
  const child = spawn(join(pulumiBinFolder, "pulumi"), args, {
    cwd: projectFolder,
    // The flag --event-log, which the Automation API uses as well, is a debugging one.
    env: { ...toolEnvironment(), ...pulumiSettings(), PULUMI_DEBUG_COMMANDS: "true" },
    stdio: [
      output === "inherit" ? "inherit" : "ignore",
      output === "inherit" ? "inherit" : output === "stderr" ? process.stderr : "pipe",
      output === "capture" ? "pipe" : "inherit",
    ],
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  // Pulumi stops by itself at the terminal's interrupt, and must be waited for.
  const ignoreInterrupt = () => {};
  process.on("SIGINT", ignoreInterrupt);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  process.removeListener("SIGINT", ignoreInterrupt);
  if (output === "capture" && exitCode !== 0)
    throw new CannotRun(`pulumi ${args.join(" ")} failed:\n${(stderr || stdout).trim()}`);
  return { exitCode, stdout };
}

function stackStateFile(stack: string): string {
  return join(backendFolder, ".pulumi", "stacks", PROJECT, `${stack}.json`);
}

export function stackExists(stack: string): boolean {
  return existsSync(stackStateFile(stack));
}

/** Creates the stack in the file backend where it is not there yet, and clears what a killed command left. */
export async function ensureStack(stack: string): Promise<void> {
  mkdirSync(backendFolder, { recursive: true, mode: 0o700 });
  removeDeadLocks(stack);
  if (!stackExists(stack)) await pulumi(["stack", "init", stack, "--no-select"]);
}

/** The engine's own lock stays when it is killed; it names the process that held it. */
function removeDeadLocks(stack: string): void {
  const folder = join(backendFolder, ".pulumi", "locks", "organization", PROJECT, stack);
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder)) {
    const { pid } = JSON.parse(readFileSync(join(folder, file), "utf8"));
    if (!isAlive(pid)) rmSync(join(folder, file));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

export async function stackOutputs(stack: string): Promise<Record<string, unknown>> {
  if (!stackExists(stack)) return {};
  const { stdout } = await pulumi(["stack", "output", "--json", "--stack", stack]);
  return JSON.parse(stdout);
}

/** How many resources an operation created, updated, deleted, left the same. */
export type ResourceChanges = Record<string, number>;

/** `pulumi up` or `destroy` without questions. @returns what changed; @throws CannotRun when the engine failed. */
export async function changeStack(
  operation: "up" | "destroy",
  stack: string,
  options: PulumiOptions,
): Promise<ResourceChanges> {
  const eventLog = join(tmpdir(), `skyloom-events-${process.pid}-${Date.now()}.jsonl`);
  const args = [operation, "--stack", stack, "--yes", "--skip-preview", "--event-log", eventLog];
  try {
    const { exitCode } = await pulumi(args, options);
    if (exitCode !== 0) throw new CannotRun(`pulumi ${operation} did not finish; the messages above say why`);
    return readChanges(eventLog);
  } finally {
    rmSync(eventLog, { force: true });
  }
}

function readChanges(eventLog: string): ResourceChanges {
  for (const line of readFileSync(eventLog, "utf8").split("\n").filter(Boolean)) {
    const event = JSON.parse(line);
    if (event.summaryEvent) return event.summaryEvent.resourceChanges;
  }
  return {};
}

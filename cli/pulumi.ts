import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import { ensureKubernetesProvider } from "../scripts/kubernetes-provider.mjs";
import { pulumiBinFolder, toolEnvironment } from "../scripts/project.mjs";
import { isAlive } from "./is-alive.ts";
import { CannotRun } from "./output.ts";
import { projectFolder, stackFile } from "./project.ts";
import {
  backendFolder,
  hasRealCluster,
  isOwn,
  offlineStackFile,
  pulumiSettings,
  type Target,
} from "./target.ts";

const PROJECT = "skyloom";

export interface PulumiResult {
  exitCode: number;
  stdout: string;
}

export interface PulumiOptions {
  /** inherit: the user sees it; capture: kept; stderr: the user sees it on standard error. Default capture. */
  output?: "inherit" | "capture" | "stderr";
  /** Beyond the target's own settings: the providers to attach to, for one. */
  environment?: Record<string, string>;
}

/** Runs the pinned Pulumi command line in the project. */
export async function pulumi(
  target: Target,
  args: string[],
  options: PulumiOptions = {},
): Promise<PulumiResult> {
  const { output = "capture", environment = {} } = options;
  const child = spawn(join(pulumiBinFolder, "pulumi"), args, {
    cwd: projectFolder,
    // The flag --event-log, which the Automation API uses as well, is a debugging one.
    env: { ...toolEnvironment(), ...pulumiSettings(target), ...environment, PULUMI_DEBUG_COMMANDS: "true" },
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

/** Whether the stack was ever brought up. For a stack in the user's own backend that is for the backend to know. */
export function mayExist(target: Target): boolean {
  return !isOwn(target) || existsSync(stateFile(target));
}

function stateFile(target: Target): string {
  return join(backendFolder(target), ".pulumi", "stacks", PROJECT, `${target.stack}.json`);
}

/** Makes ready what an operation needs: backend and stack where they are ours, and clears what a killed one left. */
export async function ensureStack(target: Target): Promise<void> {
  if (hasRealCluster(target)) await ensureKubernetesProvider();
  if (!isOwn(target)) return;
  mkdirSync(backendFolder(target), { recursive: true, mode: 0o700 });
  await removeDeadLocks(target);
  if (target.offline) await copyStackFile(target);
  else if (!mayExist(target)) await pulumi(target, ["stack", "init", target.stack, "--no-select"]);
}

/**
 * An offline stack takes a copy of the configuration as it is now, with a salt for its own passphrase: one in the
 * stack's file would bind the real stack to an empty passphrase. `stack init` writes the salt beside the Pulumi.yaml
 * that it finds, so there is one for it beside the copy.
 */
async function copyStackFile(target: Target): Promise<void> {
  const copy = offlineStackFile(target.stack);
  const salt = existsSync(copy) ? /^encryptionsalt: .*$/m.exec(readFileSync(copy, "utf8"))?.[0] : undefined;
  const configuration = readFileSync(stackFile(target.stack), "utf8").replace(/^encryptionsalt: .*\n?/m, "");
  writeFileSync(copy, `${configuration.trimEnd()}\n${salt ?? ""}\n`);
  if (mayExist(target)) return;
  const folder = dirname(copy);
  writeFileSync(join(folder, "Pulumi.yaml"), `name: ${PROJECT}\nruntime: nodejs\n`);
  await pulumi(target, ["stack", "init", target.stack, "--no-select", "--cwd", folder]);
}

/** The engine's own lock stays when it is killed; it names the process that held it. */
async function removeDeadLocks(target: Target): Promise<void> {
  const folder = join(backendFolder(target), ".pulumi", "locks", "organization", PROJECT, target.stack);
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder)) {
    const pid = await lockHolder(join(folder, file));
    if (pid === undefined || !isAlive(pid)) rmSync(join(folder, file), { force: true });
  }
}

/** Undefined: the engine was killed while it wrote the lock; one that lives takes no second for it. */
async function lockHolder(file: string): Promise<number | undefined> {
  for (let look = 0; look < 10; look += 1) {
    try {
      return JSON.parse(readFileSync(file, "utf8")).pid;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      await sleepMilliseconds(100);
    }
  }
  return undefined;
}

export async function stackOutputs(target: Target): Promise<Record<string, unknown>> {
  if (!mayExist(target)) return {};
  const { stdout } = await pulumi(target, ["stack", "output", "--json", "--stack", target.stack]);
  return JSON.parse(stdout);
}

export interface ResourceState {
  urn: string;
  /** The provider's; absent for components. */
  id?: string;
  type: string;
  protect?: boolean;
  /** A destroy leaves it where it is. */
  retainOnDelete?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** What the engine's state holds; secrets stay encrypted. */
export async function stackResources(target: Target): Promise<ResourceState[]> {
  if (!mayExist(target)) return [];
  const { stdout } = await pulumi(target, ["stack", "export", "--stack", target.stack]);
  return JSON.parse(stdout).deployment.resources ?? [];
}

/** How many resources an operation created, updated, deleted, left the same. */
export type ResourceChanges = Record<string, number>;

export interface ChangeOptions extends PulumiOptions {
  /** Without the engine's own question, which shows what would change. */
  yes: boolean;
}

/** The engine began an operation and did not finish it. */
export class EngineFailed extends CannotRun {}

/** `pulumi up` or `destroy`. @returns what changed; @throws EngineFailed when it did not finish. */
export async function changeStack(
  operation: "up" | "destroy",
  target: Target,
  options: ChangeOptions,
): Promise<ResourceChanges> {
  const eventLog = join(tmpdir(), `skyloom-events-${process.pid}-${Date.now()}.jsonl`);
  const unattended = options.yes ? ["--yes", "--skip-preview"] : [];
  const args = [operation, "--stack", target.stack, ...unattended, "--event-log", eventLog];
  try {
    const { exitCode } = await pulumi(target, args, options);
    if (exitCode !== 0)
      throw new EngineFailed(`pulumi ${operation} did not finish; the messages above say why`);
    return readChanges(eventLog);
  } finally {
    rmSync(eventLog, { force: true });
  }
}

/** The last summary: a preview that the user said yes to comes before it. */
function readChanges(eventLog: string): ResourceChanges {
  return readFileSync(eventLog, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line).summaryEvent?.resourceChanges)
    .filter((changes) => changes !== undefined)
    .at(-1);
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CannotRun } from "../output.ts";
import { compileCache } from "../target.ts";

const runPolicyPack = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack");

export interface PolicyRunnerOptions {
  packFolder: string;
  /** Of the project: where the command line is taken to be called, for files that the pack looks for. */
  folder: string;
  project: string;
  stack: string;
  /** `namespace:key` to text; a pack may read it, as the stack's program does. */
  config: Record<string, string>;
}

export interface PolicyRunner {
  /** Where it listens. */
  address: string;
  /** What the pack wrote to standard error so far. */
  messages(): string;
  close(): Promise<void>;
}

/**
 * Starts a policy pack with the SDK's own runner, in the environment that the engine gives it.
 * @throws CannotRun with what the pack said when it ends before it listens.
 */
export async function startPolicyRunner(options: PolicyRunnerOptions): Promise<PolicyRunner> {
  if (!existsSync(join(options.packFolder, "PulumiPolicy.yaml")))
    throw new CannotRun(`there is no policy pack in ${options.packFolder}: it has no PulumiPolicy.yaml`);
  // No engine answers at this address; the pack asks it for nothing but log lines.
  const child = spawn(process.execPath, [runPolicyPack, "127.0.0.1:1", options.packFolder], {
    // The SDK reads the pack's version from the package.json in the working directory.
    cwd: options.packFolder,
    env: { ...process.env, ...runnerEnvironment(options) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // It outlives this process otherwise.
  const kill = () => child.kill();
  process.once("exit", kill);
  child.once("close", () => process.removeListener("exit", kill));
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const port = await firstPort(child);
  if (port === undefined)
    throw new CannotRun(`the policy pack in ${options.packFolder} does not start:\n${errors.trim()}`);
  return { address: `127.0.0.1:${port}`, messages: () => errors, close: () => stop(child) };
}

/** As the engine's constructEnv does (pkg/resource/plugin/analyzer_plugin.go in pulumi/pulumi 3.259). */
function runnerEnvironment({ folder, project, stack, config }: PolicyRunnerOptions): Record<string, string> {
  return {
    PWD: folder,
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    NODE_COMPILE_CACHE: compileCache(),
    ...Object.fromEntries(
      ["PULUMI_NODEJS_", "PULUMI_"].flatMap((prefix) => [
        [`${prefix}ORGANIZATION`, "organization"],
        [`${prefix}PROJECT`, project],
        [`${prefix}STACK`, stack],
        [`${prefix}DRY_RUN`, "true"],
      ]),
    ),
    NODE_NO_WARNINGS: "1",
  };
}

/** The pack's own output may come first; undefined when the process ends without a port. */
async function firstPort(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  const lines = createInterface({ input: child.stdout });
  const closed = once(child, "close").then(() => undefined);
  const found = new Promise<string>((resolve) => {
    lines.on("line", (line) => {
      if (/^\d+$/.test(line.trim())) resolve(line.trim());
    });
  });
  return await Promise.race([found, closed]);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill();
  await closed;
}

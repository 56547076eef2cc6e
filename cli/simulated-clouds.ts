import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isAlive } from "./is-alive.ts";
import { CannotRun } from "./output.ts";
import { projectFolder } from "./project.ts";
import { offlineFolder, type Target } from "./target.ts";

/**
 * Runs an operation with the environment that attaches the engine to simulated providers, where the target asks for
 * them; they are gone when it ends, and what they hold stays in the stack's offline folder.
 */
export async function withProviders<Result>(
  target: Target,
  operation: (environment: Record<string, string>) => Promise<Result>,
): Promise<Result> {
  if (!target.offline) return await operation({});
  // Loaded here, so that other commands do not wait for the compiler that reads the SDKs' types.
  const { startSimulator } = await import("../simulator/server.ts");
  const simulator = await startSimulator({
    stateFolder: simulatedCloudsFolder(target.stack),
    faults: join(offlineFolder(target.stack), "faults.json"),
  });
  try {
    return await operation(simulator.environment);
  } finally {
    await simulator.close();
  }
}

export function simulatedCloudsFolder(stack: string): string {
  return join(offlineFolder(stack), "clouds");
}

/** Providers that a shell attached to stop by themselves when nobody used them for this long. */
const IDLE_SECONDS = 1800;

interface DetachedProviders {
  pid: number;
  /** The value for PULUMI_DEBUG_PROVIDERS. */
  debugProviders: string;
}

const recordFile = (stack: string) => join(offlineFolder(stack), "providers.json");

/** Providers that outlive this command, for a plain Pulumi command line: one server a stack. */
export async function ensureDetachedProviders(stack: string): Promise<string> {
  const running = runningProviders(stack);
  if (running !== undefined) return running.debugProviders;
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      join(projectFolder, "simulator/main.ts"),
      ...["--state", simulatedCloudsFolder(stack)],
      ...["--faults", join(offlineFolder(stack), "faults.json")],
      ...["--idle-seconds", String(IDLE_SECONDS)],
    ],
    { detached: true, stdio: ["ignore", "pipe", "ignore"] },
  );
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  while (lines.length < 2)
    await Promise.race([
      once(reader, "line"),
      once(child, "exit").then(() => {
        throw new CannotRun("the simulated providers did not start");
      }),
    ]);
  child.stdout.destroy();
  child.unref();
  const debugProviders = lines[1] ?? "";
  writeFileSync(recordFile(stack), JSON.stringify({ pid: child.pid, debugProviders }));
  return debugProviders;
}

export function stopDetachedProviders(stack: string): void {
  const running = runningProviders(stack);
  if (running !== undefined) process.kill(running.pid);
}

function runningProviders(stack: string): DetachedProviders | undefined {
  if (!existsSync(recordFile(stack))) return undefined;
  const record = JSON.parse(readFileSync(recordFile(stack), "utf8")) as DetachedProviders;
  return isAlive(record.pid) ? record : undefined;
}

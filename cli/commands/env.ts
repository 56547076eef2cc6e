import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Command, Option } from "commander";
import { begin, type CommonOptions, withCommonOptions } from "../options.ts";
import { CannotRun } from "../output.ts";
import { projectFolder } from "../project.ts";
import { ensureStack } from "../pulumi.ts";
import { simulatedCloudsFolder } from "../simulated-clouds.ts";
import { offlineFolder, pulumiSettings } from "../target.ts";

/** Simulated providers that a shell attached to stop by themselves when nobody used them for this long. */
const IDLE_SECONDS = 1800;

export function addEnvCommand(program: Command): void {
  withCommonOptions(program.command("env"))
    .description('settings for a plain Pulumi command line: eval "$(npm run -s env)"')
    .addOption(new Option("--offline", "on simulated providers, which it starts").default(false))
    .action(printEnvironment);
}

async function printEnvironment(options: CommonOptions & { offline: boolean }): Promise<void> {
  const output = begin(options);
  await ensureStack(options);
  const settings = {
    ...pulumiSettings(options),
    ...(options.offline && {
      PULUMI_DEBUG_PROVIDERS: await startDetachedProviders(options.stack),
      // Else the engine looks for the real ones first.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    }),
  };
  output.document(settings);
  if (output.json) return;
  for (const [name, value] of Object.entries(settings))
    output.line(`export ${name}='${value.replaceAll("'", "'\\''")}'`);
}

async function startDetachedProviders(stack: string): Promise<string> {
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
  return lines[1] ?? "";
}

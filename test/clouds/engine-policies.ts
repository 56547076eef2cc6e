import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readProject, stackFileOf } from "../../cli/check/project-file.ts";
import { pulumiBinFolder, toolEnvironment } from "../../scripts/project.mjs";
import { startSimulator } from "../../simulator/server.ts";

export interface EnginePreview {
  exitCode: number;
  text: string;
  /** Rule, level, resource and message of each violation, sorted. */
  found: string[];
}

/** The engine's own preview of a new stack on simulated providers, with the given flags and variables. */
export async function enginePreview(
  folder: string,
  stack: string,
  args: string[],
  variables: Record<string, string | undefined> = {},
): Promise<EnginePreview> {
  const own = mkdtempSync(join(tmpdir(), "skyloom-engine-"));
  const simulator = await startSimulator({ stateFolder: join(own, "clouds") });
  try {
    const project = readProject(folder);
    mkdirSync(join(own, "backend"));
    const file = join(own, `Pulumi.${stack}.yaml`);
    cpSync(stackFileOf(project, stack), file);
    writeFileSync(join(own, "Pulumi.yaml"), `name: ${project.name}\nruntime: nodejs\n`);
    const environment = {
      ...toolEnvironment(),
      ...simulator.environment,
      PULUMI_BACKEND_URL: pathToFileURL(join(own, "backend")).href,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      PULUMI_DEBUG_COMMANDS: "true",
      ...variables,
    };
    const initialised = await pulumi(["stack", "init", stack, "--no-select"], own, environment);
    if (initialised.exitCode !== 0) throw new Error(initialised.text);
    const log = join(own, "events.jsonl");
    const preview = ["preview", "-s", stack, "--config-file", file, "--event-log", log, "--non-interactive"];
    return { ...(await pulumi([...preview, ...args], folder, environment)), found: violationsOf(log) };
  } finally {
    await simulator.close();
    rmSync(own, { recursive: true, force: true });
  }
}

/** As `found` of a preview. */
export function foundText(rule: string, level: string, urn: string | undefined, message: string): string {
  return [rule, level, urn ?? "", message].join(" | ");
}

function violationsOf(log: string): string[] {
  if (!existsSync(log)) return [];
  return readFileSync(log, "utf8")
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => JSON.parse(line).policyEvent ?? [])
    .map((event) =>
      foundText(event.policyName, event.enforcementLevel, event.resourceUrn, event.message.trim()),
    )
    .sort();
}

async function pulumi(args: string[], cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn(join(pulumiBinFolder, "pulumi"), args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      text += chunk;
    });
  const [code] = await once(child, "close");
  return { exitCode: (code as number | null) ?? -1, text };
}

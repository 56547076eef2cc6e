import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse, stringify } from "yaml";
import type { PricedCloud } from "../../pricing/row-schema.ts";
import { stackFile } from "../project.ts";
import { pulumi } from "../pulumi.ts";
import type { Target } from "../target.ts";
import type { Listing, Place } from "./leftover.ts";

const PROGRAM = import.meta.dirname;
const STACK = "leftovers";

/**
 * Runs the program in this folder with the stack's own settings of the provider, in a backend that is thrown away: the
 * user's state is neither read nor written. What goes wrong on the way is a refusal: then nothing is known.
 * @param environment attaches the engine to simulated providers, where the stack is on those.
 */
export async function listLeftovers(
  target: Target,
  cloud: PricedCloud,
  environment: Record<string, string>,
): Promise<Listing> {
  const folder = mkdtempSync(join(tmpdir(), "skyloom-leftovers-"));
  try {
    const { provider, region } = await readSettings(target);
    return await runProgram(folder, target, environment, {
      ...provider,
      ...programSettings(cloud, { stack: target.stack, region }),
    });
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).trim();
    const remedy = "log in to the cloud, and check the settings of its provider in the stack's file";
    return { found: [], refusals: [{ question: "what is left", reason, remedy }] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function programSettings(cloud: PricedCloud, { stack, region }: Place): Record<string, string> {
  return { "leftovers:cloud": cloud, "leftovers:stack": stack, "leftovers:region": region };
}

/** The stack's settings of the providers, e.g. `aws:region`; secret ones as plain text. */
async function readSettings(target: Target): Promise<{ provider: Record<string, unknown>; region: string }> {
  const file = parse(readFileSync(stackFile(target.stack), "utf8")) as { config?: Record<string, unknown> };
  const config = Object.entries(file.config ?? {});
  const region = config.find(([key]) => key === "skyloom:region")?.[1];
  if (typeof region !== "string") throw new Error(`skyloom:region is not set in ${stackFile(target.stack)}`);
  const provider: Record<string, unknown> = {};
  for (const [key, value] of config.filter(([name]) => !name.startsWith("skyloom:")))
    provider[key] = isSecret(value) ? await readSecret(target, key) : value;
  return { provider, region };
}

function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}

async function readSecret(target: Target, key: string): Promise<string> {
  const { stdout } = await pulumi(target, ["config", "get", key, "--stack", target.stack]);
  return stdout.trimEnd();
}

async function runProgram(
  folder: string,
  target: Target,
  environment: Record<string, string>,
  settings: Record<string, unknown>,
): Promise<Listing> {
  const configFile = join(folder, `Pulumi.${STACK}.yaml`);
  const ours = {
    ...environment,
    PULUMI_BACKEND_URL: pathToFileURL(folder).href,
    PULUMI_CONFIG_PASSPHRASE: "",
    // Policies are for what a program makes; this one makes nothing.
    PULUMI_OPTION_POLICY_PACK: "",
  };
  const run = async (cwd: string, args: string[], more: Record<string, string> = {}) =>
    await pulumi(target, [...args, "--stack", STACK, "--cwd", cwd], { environment: { ...ours, ...more } });
  writeFileSync(join(folder, "Pulumi.yaml"), `name: ${STACK}\nruntime: nodejs\n`);
  // Writes the salt of the passphrase into the configuration file.
  await pulumi(target, ["stack", "init", STACK, "--no-select", "--cwd", folder], { environment: ours });
  appendFileSync(configFile, stringify({ config: settings }), { mode: 0o600 });
  await run(PROGRAM, ["up", "--yes", "--skip-preview"], { PULUMI_OPTION_CONFIG_FILE: configFile });
  const { stdout } = await run(folder, ["stack", "output", "--json"]);
  return JSON.parse(stdout) as Listing;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { CloudSettings } from "../../../components/cloud-settings.ts";
import { projectFolder } from "../../../scripts/project.mjs";
import { cloudSettings } from "../../../stacks/cloud-settings.ts";
import { readConfiguration } from "../../../stacks/configuration.ts";

export interface ExampleStack {
  settings: CloudSettings;
  /** Configuration of the providers, e.g. `{"aws:region": "us-east-1"}`. */
  providerConfig: Record<string, string>;
}

/** What the engine makes of a stack file of the project and of the defaults in Pulumi.yaml. */
export function readExampleStack(stack: string, stateFolder: string): ExampleStack {
  const file = `stacks/Pulumi.${stack}.yaml`;
  const project = readYaml("Pulumi.yaml") as { config: Record<string, { default?: unknown }> };
  const defaults = Object.entries(project.config).map(([key, { default: value }]): [string, unknown] => [
    `skyloom:${key}`,
    value,
  ]);
  const { config } = readYaml(file) as { config: Record<string, unknown> };
  const values: Record<string, string> = Object.fromEntries(
    [...defaults, ...Object.entries(config)].map(([key, value]) => [key, asText(value)]),
  );
  return {
    settings: cloudSettings(readConfiguration(values, [], file), { stack, projectFolder, stateFolder }),
    providerConfig: Object.fromEntries(Object.entries(values).filter(([key]) => !key.startsWith("skyloom:"))),
  };
}

function readYaml(file: string): unknown {
  return parse(readFileSync(join(projectFolder, file), "utf8"));
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

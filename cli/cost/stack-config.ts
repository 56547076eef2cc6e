import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { CannotRun } from "../output.ts";
import { projectFolder } from "../project.ts";

/** Configuration as the engine hands it to a program. */
export interface StackConfig {
  /** Such as `{"aws:region": "eu-west-1"}`; whatever is no text is JSON. */
  values: Record<string, string>;
  secretKeys: string[];
}

/** Stands for secrets, which nobody can decrypt here, and which cost nothing. */
const HIDDEN = "a secret that is not read";

/** The configuration file of a stack with the defaults of Pulumi.yaml. @throws CannotRun when a file is no YAML. */
export function readStackConfig(stack: string, folder: string = projectFolder): StackConfig {
  const project = readYaml(join(folder, "Pulumi.yaml")) as { config?: Record<string, { default?: unknown }> };
  const file = readYaml(join(folder, "stacks", `Pulumi.${stack}.yaml`)) as {
    config?: Record<string, unknown>;
  };
  const defaults = Object.entries(project.config ?? {})
    .filter(([, { default: value }]) => value !== undefined)
    .map(([key, { default: value }]): [string, unknown] => [
      key.includes(":") ? key : `skyloom:${key}`,
      value,
    ]);
  const own = Object.entries(file.config ?? {});
  const secretKeys = own.filter(([, value]) => isSecret(value)).map(([key]) => key);
  const values = [...defaults, ...own].map(([key, value]): [string, string] => [key, asText(value)]);
  return { values: Object.fromEntries(values), secretKeys };
}

export function hasStack(stack: string, folder: string): boolean {
  return existsSync(join(folder, "stacks", `Pulumi.${stack}.yaml`));
}

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, "utf8")) ?? {};
  } catch (error) {
    throw new CannotRun(`${file}: ${(error as Error).message.split("\n")[0]}`, { cause: error });
  }
}

function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}

function asText(value: unknown): string {
  if (isSecret(value)) return HIDDEN;
  return typeof value === "string" ? value : JSON.stringify(value);
}

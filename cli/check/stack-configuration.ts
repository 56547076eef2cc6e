import { CannotRun } from "../output.ts";
import { type ConfigType, declaredConfig, isOfType, type Project, typeName } from "./project-file.ts";
import type { StackFile } from "./stack-file.ts";

/** The settings that a program gets, as text, the way the engine passes them on. */
export interface StackConfiguration {
  values: Record<string, string>;
  secretKeys: string[];
}

/** Long enough for a rule of length. */
const SECRET = "placeholder-for-a-secret-value";

/**
 * The stack file's settings, and the project's defaults for the others. The engine never sees defaults and types: the
 * command line applies them (pkg/workspace/config.go in pulumi/pulumi 3.259), and so does this. What is encrypted stays
 * so: placeholders take its place.
 * @throws CannotRun with every key that is missing or of the wrong type.
 */
export function stackConfiguration(project: Project, file: StackFile): StackConfiguration {
  const problems: string[] = [];
  const values: Record<string, string> = {};
  const secretKeys: string[] = [];
  const say = (key: string, problem: string) => {
    const line = file.lineOf([key]);
    problems.push(`${file.path}${line === undefined ? "" : `:${line}`}: ${key}: ${problem}`);
  };
  for (const [key, value] of Object.entries(file.config)) {
    if (!/^[^:]+:.+$/.test(key)) say(key, "must be namespace:key");
    const plain = withoutSecrets(value);
    values[key] = asText(plain.value);
    if (plain.secret) secretKeys.push(key);
  }
  for (const [key, type] of declaredConfig(project)) {
    const given = file.config[key];
    if (given === undefined) {
      const standard = type.default ?? type.value;
      if (standard !== undefined) values[key] = asText(standard);
      else if (key.startsWith(`${project.name}:`))
        say(key, "is missing, and Pulumi.yaml has no default for it");
    } else for (const problem of wrongType(type, given)) say(key, problem);
  }
  if (problems.length > 0) throw new CannotRun(`wrong configuration:\n${indented(problems)}`);
  return { values, secretKeys };
}

function wrongType(type: ConfigType, given: unknown): string[] {
  const { value, secret } = withoutSecrets(given);
  const problems = type.secret === true && !secret ? ["must be a secret: pulumi config set --secret"] : [];
  // What an encrypted value is can't be told.
  if (type.type !== undefined && !secret && !isOfType(type.type, type.items, value))
    problems.push(`must be of type ${typeName(type.type, type.items)}, not ${JSON.stringify(value)}`);
  return problems;
}

const indented = (lines: string[]) => lines.map((line) => `  ${line}`).join("\n");

/** Numbers and booleans are text, too; lists and mappings are JSON. */
function asText(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** With a placeholder in place of each `{secure: …}`. */
function withoutSecrets(value: unknown): { value: unknown; secret: boolean } {
  if (typeof value !== "object" || value === null) return { value, secret: false };
  const entries = Object.entries(value);
  if (!Array.isArray(value) && entries.length === 1 && typeof entries[0]?.[1] === "string")
    if (entries[0][0] === "secure") return { value: SECRET, secret: true };
  const inner = entries.map(([key, item]) => ({ key, ...withoutSecrets(item) }));
  return {
    value: Array.isArray(value)
      ? inner.map((item) => item.value)
      : Object.fromEntries(inner.map((item) => [item.key, item.value])),
    secret: inner.some((item) => item.secret),
  };
}

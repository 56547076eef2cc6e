import { checkInputs } from "../runtime/workflows/json-schema.ts";
import type { JsonSchema } from "../runtime/workflows/workflow.ts";
import { CannotRun } from "./output.ts";

/** Gathers an option that is given several times. */
export function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

/**
 * Inputs of a run from `name=value` texts. A value is JSON where its input is not declared as text.
 * @throws CannotRun with every problem at once
 */
export function readInputs(texts: string[], declared: Record<string, JsonSchema>): Record<string, unknown> {
  const problems: string[] = [];
  const inputs: Record<string, unknown> = {};
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) problems.push(`--input ${text}: give NAME=VALUE`);
    else inputs[name] = declared[name]?.type === "string" ? value : parsed(value);
  }
  for (const { path, message } of checkInputs(declared, inputs, "refuse").problems)
    problems.push(`${path}: ${message}`);
  if (problems.length > 0) throw new CannotRun(problems.join("\n"));
  return inputs;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

import { type Properties, textAt, type Value } from "../../values.ts";
import { isCondition } from "../objects.ts";
import { notReady, READY, type Readiness } from "./verdict.ts";

/**
 * Readiness by the annotation pulumi.com/waitFor: `condition=NAME`, `condition=NAME=STATUS`, `jsonpath={.a.b}` or
 * `jsonpath={.a.b}=VALUE`; several as a JSON list. @throws Error that says what is allowed.
 */
export function waitFor(text: string): Readiness {
  const parts = (text.startsWith("[") ? (JSON.parse(text) as string[]) : [text]).map(parsePart);
  return (object) => {
    const missing = parts.filter(({ holds }) => !holds(object)).map((part) => part.text);
    return missing.length === 0 ? READY : notReady(`does not hold yet: ${missing.join(", ")}`);
  };
}

function parsePart(text: string): { text: string; holds(object: Properties): boolean } {
  const condition = /^condition=([^=]+)(?:=(.+))?$/.exec(text);
  if (condition) {
    const [, type = "", status = "True"] = condition;
    return { text, holds: (object) => isCondition(object, type, status) };
  }
  const path = /^jsonpath=\{\.?([\w.-]+)\}(?:=(.+))?$/.exec(text);
  if (!path)
    throw new Error(
      `pulumi.com/waitFor: "${text}" is not understood; allowed are condition=NAME[=STATUS] and jsonpath={.path}[=VALUE]`,
    );
  const [, names = "", value] = path;
  return {
    text,
    holds: (object) => {
      const found = textOf(object, names);
      return value === undefined ? found !== undefined : found === value;
    },
  };
}

function textOf(object: Properties, names: string): string | undefined {
  const text = textAt(object, names);
  if (text !== undefined) return text;
  let value: Value | undefined = object;
  for (const name of names.split(".")) value = (value as Properties | undefined)?.[name];
  return value === undefined || value === null ? undefined : String(value);
}

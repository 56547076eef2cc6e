import type { Properties } from "./rule.ts";

/** The value at a dotted path, undefined where a part of it is missing. Throws where it is not known yet. */
export function valueAt(properties: Properties, path: string): unknown {
  let value: unknown = properties;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Properties)[key];
  }
  return value ?? undefined;
}

/** Sets the value at a dotted path, and makes the objects on the way. */
export function setAt(properties: Properties, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.pop() as string;
  let target = properties;
  for (const key of keys) {
    if (typeof target[key] !== "object" || target[key] === null) target[key] = {};
    target = target[key];
  }
  target[last] = value;
}

/** For messages: `missing`, or the value as JSON. */
export function shown(value: unknown): string {
  return value === undefined || value === null ? "missing" : JSON.stringify(value);
}

/** A list where there may be one, one item, or nothing. */
export function listOf(value: unknown): Properties[string][] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

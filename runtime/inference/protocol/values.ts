import { exactInteger } from "./exact-integers.ts";

/** What came as JSON, before anything is known of it. */
export type JsonObject = Record<string, unknown>;

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** A value as it may stand in a message: short, and never deep. */
export function describeValue(value: unknown): string {
  const integer = exactInteger(value);
  if (integer !== undefined) return String(integer);
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return value === undefined ? "nothing" : String(value);
}

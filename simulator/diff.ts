import { child, element, isWithin } from "./check/property-path.ts";
import type { ReplacementRule } from "./replacement/rule.ts";
import { containsUnknown, equal, isProperties, type Properties, type Value } from "./values.ts";

export type ChangeKind = "add" | "delete" | "update";

export interface PropertyChange {
  kind: ChangeKind;
  replaces: boolean;
}

/** The changes from old to new inputs by property path; empty when there is none. */
export function changes(
  olds: Properties,
  news: Properties,
  rules: readonly ReplacementRule[],
): Map<string, PropertyChange> {
  const result = new Map<string, PropertyChange>();
  compareObjects(olds, news, "", (path, kind, before, after) => {
    if (path.startsWith("__")) return;
    const replaces = rules.some((rule) => appliesTo(rule, path, kind, before, after));
    result.set(path, { kind, replaces });
  });
  return result;
}

type Report = (path: string, kind: ChangeKind, before: Value | undefined, after: Value | undefined) => void;

function compareObjects(olds: Properties, news: Properties, path: string, report: Report): void {
  for (const name of new Set([...Object.keys(olds), ...Object.keys(news)]))
    compare(olds[name], news[name], child(path, name), report);
}

function compare(before: Value | undefined, after: Value | undefined, path: string, report: Report): void {
  if (equal(before, after) && !containsUnknown(after)) return;
  if (before === undefined || after === undefined) {
    report(path, before === undefined ? "add" : "delete", before, after);
  } else if (isProperties(before) && isProperties(after)) {
    compareObjects(before, after, path, report);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++)
      compare(before[index], after[index], element(path, index), report);
  } else if (!sameDocument(before, after) && !(path === "location" && samePlace(before, after))) {
    report(path, "update", before, after);
  }
}

/** Policies are JSON in text: the providers take documents that differ in white space or order of keys as equal. */
function sameDocument(before: Value, after: Value): boolean {
  if (typeof before !== "string" || typeof after !== "string" || containsUnknown(after)) return false;
  if (!before.startsWith("{") || !after.startsWith("{")) return false;
  try {
    return equal(JSON.parse(before) as Value, JSON.parse(after) as Value);
  } catch {
    return false;
  }
}

/** `West Europe` and `westeurope` are one place for Azure, as are `EU` and `eu` for Google Cloud. */
function samePlace(before: Value, after: Value): boolean {
  const normal = (place: Value) => String(place).toLowerCase().replaceAll(" ", "");
  return !containsUnknown(after) && normal(before) === normal(after);
}

function appliesTo(
  rule: ReplacementRule,
  path: string,
  kind: ChangeKind,
  before: Value | undefined,
  after: Value | undefined,
): boolean {
  if (rule.when === "removed" && !(kind === "delete" || isSwitchedOff(before, after))) return false;
  if (isWithin(path, rule.path)) return true;
  // An object that comes or goes as a whole replaces when a property inside it does.
  return kind !== "update" && hasInside(kind === "add" ? after : before, path, rule.path);
}

function isSwitchedOff(before: Value | undefined, after: Value | undefined): boolean {
  return before === true && after === false;
}

function hasInside(value: Value | undefined, path: string, pattern: string): boolean {
  if (Array.isArray(value)) return value.some((item) => hasInside(item, `${path}[*]`, pattern));
  if (!isProperties(value)) return isWithin(path, pattern);
  return Object.entries(value).some(([name, inner]) => hasInside(inner, child(path, name), pattern));
}

import type { Template } from "./template.ts";

/** What makes two tasks do the same; the rest says what they are for, or when they run. */
const essentials = ["uses", "with", "when", "consumes", "produces", "fallback", "compensation", "cache"];

export interface Shared {
  kept: string;
  others: string[];
}

/**
 * Tasks that do the same, under whatever names, become one: the first. One that other tasks name in expressions stays
 * itself, since expressions cannot be renamed.
 */
export function mergeEqual(templates: Template[]): { templates: Template[]; shared: Shared[] } {
  const named = new Set(
    templates.flatMap(({ requires, needs }) => requires.filter((name) => !needs.includes(name))),
  );
  const firsts = new Map<string, Template>();
  const replacement = new Map<string, string>();
  for (const template of templates) {
    const key = keyOf(template);
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, template);
    else if (!named.has(template.name)) replacement.set(template.name, first.name);
  }
  const rename = (name: string) => replacement.get(name) ?? name;
  const kept = templates
    .filter(({ name }) => !replacement.has(name))
    .map((template) => ({
      ...template,
      needs: [...new Set(template.needs.map(rename))],
      requires: [...new Set(template.requires.map(rename))],
    }));
  const shared = [...new Set(replacement.values())].map((name) => ({
    kept: name,
    others: [...replacement].flatMap(([other, first]) => (first === name ? [other] : [])),
  }));
  return { templates: kept, shared };
}

function keyOf({ raw, needs }: Template): string {
  const parts = essentials.map((key) => raw[key] ?? null);
  return JSON.stringify(sorted([...parts, [...needs].sort()]));
}

/** The same value with the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

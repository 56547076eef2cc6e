import { matchesPattern } from "../pattern.ts";
import { valueAt } from "../property-path.ts";
import type { Properties, ResourceRule } from "../rule.ts";
import { tagPaths } from "./tagged-types.ts";

/** Given to the resource, or by its provider to all. */
export const resourceRequireTags: ResourceRule = {
  name: "resource-require-tags",
  description: "Everything that bills says whose it is and who pays, by tags or labels.",
  severity: "medium",
  remediationSteps:
    "Add the tags to the resource, or to defaultTags (aws) or defaultLabels (gcp) of its provider.",
  settings: ["requiredTags"],
  types: Object.keys(tagPaths),
  check({ type, props, providerProps, settings }, report) {
    const path = Object.entries(tagPaths).find(([pattern]) => matchesPattern(pattern, type))?.[1] ?? "tags";
    const tags = valueAt(props, path) ?? {};
    const ofProvider = { ...parsed(providerProps.defaultTags).tags, ...parsed(providerProps.defaultLabels) };
    const missing = settings.requiredTags.filter((name) => !hasTag(tags, name) && !hasTag(ofProvider, name));
    if (missing.length > 0) report(`${path} lacks ${missing.join(", ")}`);
  },
};

function hasTag(tags: unknown, name: string): boolean {
  return Boolean((tags as Properties)[name]);
}

/** Providers get what is no text as JSON. */
function parsed(value: unknown): Properties {
  return (typeof value === "string" ? JSON.parse(value) : value) ?? {};
}

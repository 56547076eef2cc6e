import { isWithin } from "../check/property-path.ts";
import { changes, type PropertyChange } from "../diff.ts";
import { kubernetesRules } from "../replacement/kubernetes.ts";
import type { ReplacementRule } from "../replacement/rule.ts";
import { isProperties, type Properties, textAt, type Value } from "../values.ts";
import { withoutServerFields } from "./object-state.ts";
import { listOf } from "./objects.ts";
import type { Settings } from "./settings.ts";

/** What replaces an object of this kind. A new version of the same group is the same object. */
export function rulesFor(olds: Properties, news: Properties, settings: Settings): ReplacementRule[] {
  const group = (object: Properties) => (textAt(object, "apiVersion") ?? "").replace(/\/?[^/]*$/, "");
  const rules = kubernetesRules(textAt(news, "kind") ?? "", news, { ...settings });
  return group(olds) === group(news) ? rules.filter(({ path }) => path !== "apiVersion") : rules;
}

/** What an update would change on the cluster: the object as it is beside the object as a dry run shows it. */
export function liveChanges(
  live: Properties,
  planned: Properties,
  rules: ReplacementRule[],
): Map<string, PropertyChange> {
  return changes(withoutServerFields(live), withoutServerFields(planned), rules);
}

/** Changes of the inputs, with the fields marked that the server refuses to change in place. */
export function refusedChanges(
  found: Map<string, PropertyChange>,
  fields: string[],
): Map<string, PropertyChange> {
  const result = new Map(found);
  for (const field of fields) {
    const general = field.replace(/\[[^\]]*\]/g, "[*]");
    const hits = [...found].filter(([path]) => isWithin(path, general) || isWithin(general, generalOf(path)));
    for (const [path, change] of hits) result.set(path, { ...change, replaces: true });
    if (hits.length === 0) result.set(field || "spec", { kind: "update", replaces: true });
  }
  return result;
}

const generalOf = (path: string) => path.replace(/\[\d+\]/g, "[*]");

export function withoutIgnored(
  found: Map<string, PropertyChange>,
  ignored: readonly string[],
): Map<string, PropertyChange> {
  return new Map([...found].filter(([path]) => !ignored.some((pattern) => isWithin(path, pattern))));
}

/**
 * The object without the ignored fields that somebody else manages: an autoscaler's replicas, say. Applying them would
 * be a conflict, and leaving out one that only we manage would delete it.
 */
export function withoutForeignFields(
  object: Properties,
  ignored: readonly string[],
  live: Properties | undefined,
  fieldManager: string,
): Properties {
  let result = object;
  for (const path of ignored) {
    const names = path.split(".");
    if (/[[\]"]/.test(path) || !isManagedByOther(live, names, fieldManager)) continue;
    result = without(result, names);
  }
  return result;
}

function isManagedByOther(live: Properties | undefined, names: string[], fieldManager: string): boolean {
  const metadata = live?.metadata;
  const entries = isProperties(metadata) ? listOf(metadata.managedFields) : [];
  return entries
    .filter((entry) => entry.manager !== fieldManager)
    .some((entry) => {
      let fields: Value | undefined = entry.fieldsV1;
      for (const name of names) fields = isProperties(fields) ? fields[`f:${name}`] : undefined;
      return fields !== undefined;
    });
}

function without(object: Properties, [name = "", ...rest]: string[]): Properties {
  const { [name]: value, ...others } = object;
  if (rest.length === 0) return others;
  return isProperties(value) ? { ...object, [name]: without(value, rest) } : object;
}

export function managersOf(live: Properties): string[] {
  const metadata = live.metadata;
  const entries = isProperties(metadata) ? listOf(metadata.managedFields) : [];
  return [...new Set(entries.map((entry) => String(entry.manager)))];
}

/**
 * Inputs as the cluster has them: where an object drifted from what the inputs ask for, its value in place of ours.
 * Values that the server only writes in another form (`1000m` as `1`) are no drift.
 */
export function driftedInputs(inputs: Properties, live: Properties, planned: Properties): Properties {
  const bare = withoutServerFields(live);
  let result = inputs;
  for (const path of liveChanges(live, planned, []).keys()) result = taken(result, bare, segments(path));
  return result;
}

function segments(path: string): string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => quoted ?? index ?? name ?? "",
  );
}

/** `inputs` with the value of `live` at a path; unchanged where the inputs say nothing there. */
function taken<Kind extends Value>(inputs: Kind, live: Value | undefined, [name, ...rest]: string[]): Kind {
  if (name === undefined || inputs === null || typeof inputs !== "object") return inputs;
  const own = (inputs as Properties)[name];
  if (own === undefined) return inputs;
  const other = (live as Properties | undefined)?.[name];
  const value = rest.length === 0 ? other : taken(own, other, rest);
  if (Array.isArray(inputs))
    return inputs.map((item, at) => (String(at) === name ? (value ?? item) : item)) as Kind;
  const { [name]: _, ...others } = inputs as Properties;
  return (value === undefined ? others : { ...inputs, [name]: value }) as Kind;
}

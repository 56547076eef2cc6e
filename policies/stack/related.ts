import type { PolicyResource } from "@pulumi/policy";
import { listOf, valueAt } from "../property-path.ts";
import { ifKnown, unknownValue } from "../unknown-values.ts";

type Relation = "related" | "unrelated" | "unknown";

/**
 * Whether a property names a resource: by the value of one of its outputs, or, where a preview does not know one of the
 * two yet, by the dependency that the engine recorded.
 * @param outputs of the target, any of which the property may hold.
 */
function relation(from: PolicyResource, path: string, target: PolicyResource, outputs: string[]): Relation {
  const property = path.split(".")[0] as string;
  const depends = from.propertyDependencies[property]?.some(({ urn }) => urn === target.urn) ?? false;
  const value = ifKnown(() => [...listOf(valueAt(from.props, path))], undefined);
  if (value === undefined)
    return depends ? "related" : hasDependencies(from, property) ? "unrelated" : "unknown";
  const named = outputs.map((output) => ifKnown(() => ({ value: valueAt(target.props, output) }), undefined));
  if (named.some((each) => each?.value !== undefined && value.includes(each.value))) return "related";
  if (depends) return "related";
  return "unrelated";
}

function hasDependencies(from: PolicyResource, property: string): boolean {
  return (from.propertyDependencies[property]?.length ?? 0) > 0;
}

/** Those of `candidates` whose property names the target. */
export function naming(
  candidates: readonly PolicyResource[],
  path: string,
  target: PolicyResource,
  outputs: string[],
): PolicyResource[] {
  return candidates.filter((each) => relation(each, path, target, outputs) === "related");
}

/** Those of `targets` that the property names. */
export function namedBy(
  from: PolicyResource,
  path: string,
  targets: readonly PolicyResource[],
  outputs: string[],
): PolicyResource[] {
  return targets.filter((target) => relation(from, path, target, outputs) === "related");
}

/**
 * Whether one of `candidates` names the target and complies.
 * @throws as for an unknown value, where none surely does and one of which it is not known yet might.
 */
export function someRelated(
  candidates: readonly PolicyResource[],
  path: string,
  target: PolicyResource,
  outputs: string[],
  complies: (candidate: PolicyResource) => boolean = () => true,
): boolean {
  let mayBe = false;
  for (const candidate of candidates) {
    const related = relation(candidate, path, target, outputs);
    if (related === "unrelated") continue;
    const answer = ifKnown(() => complies(candidate), "unknown");
    if (related === "related" && answer === true) return true;
    if (answer !== false) mayBe = true;
  }
  if (mayBe) throw unknownValue(path);
  return false;
}

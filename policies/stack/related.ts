import type { PolicyResource } from "@pulumi/policy";
import { listOf, valueAt } from "../property-path.ts";
import type { CheckedStack } from "../rule.ts";
import { ifKnown, unknownValue } from "../unknown-values.ts";

type Relation = "related" | "unrelated" | "unknown";

/** How a property names a resource. */
export interface Reference {
  /** Dotted path of the property. */
  path: string;
  /** Outputs of the target, any of which the property may hold. */
  outputs: readonly string[];
  /** What of the property's value names the target. Default: all of it. */
  part?(value: unknown): unknown;
}

/**
 * Whether a property names a resource: by the value of one of its outputs, or, where a preview does not know one of the
 * two yet, by the dependencies that the engine recorded.
 */
function relation(
  stack: CheckedStack,
  from: PolicyResource,
  { path, outputs, part }: Reference,
  target: PolicyResource,
): Relation {
  const property = path.split(".")[0] as string;
  const recorded = from.propertyDependencies[property] ?? [];
  const depends = recorded.some(({ urn }) => urn === target.urn);
  const values = ifKnown(() => valuesAt(stack, from, path), undefined);
  if (values === undefined) return depends ? "related" : ofUnknown(from, recorded, target);
  const parts = part === undefined ? values : values.map(part);
  const named = outputs.flatMap((output) => ifKnown(() => valuesAt(stack, target, output), []));
  return depends || named.some((each) => parts.includes(each)) ? "related" : "unrelated";
}

/** Of what the resource became, or, where a preview does not know that, of what the program asks for. */
function valuesAt(stack: CheckedStack, resource: PolicyResource, path: string): unknown[] {
  const became = ifKnown(() => [...listOf(valueAt(resource.props, path))], []);
  return became.length > 0 ? became : [...listOf(valueAt(stack.asked(resource), path))];
}

/** A value that is not known yet comes from a resource that its own depends on. */
function ofUnknown(from: PolicyResource, recorded: PolicyResource[], target: PolicyResource): Relation {
  if (recorded.length > 0) return "unrelated";
  const { dependencies } = from;
  return dependencies.length === 0 || dependencies.some(({ urn }) => urn === target.urn)
    ? "unknown"
    : "unrelated";
}

export interface Related {
  found: PolicyResource[];
  /** Whether others may be, too, of which it is not known yet: then what follows from `found` is not all. */
  mayBeMore: boolean;
}

/** Those of `candidates` whose property names the target. */
export function naming(
  stack: CheckedStack,
  candidates: readonly PolicyResource[],
  reference: Reference,
  target: PolicyResource,
): Related {
  return related(candidates, (each) => relation(stack, each, reference, target));
}

/** Those of `targets` that the property names. */
export function namedBy(
  stack: CheckedStack,
  from: PolicyResource,
  reference: Reference,
  targets: readonly PolicyResource[],
): Related {
  return related(targets, (each) => relation(stack, from, reference, each));
}

function related(
  resources: readonly PolicyResource[],
  relationOf: (each: PolicyResource) => Relation,
): Related {
  const relations = resources.map(relationOf);
  return {
    found: resources.filter((_, index) => relations[index] === "related"),
    mayBeMore: relations.includes("unknown"),
  };
}

/**
 * Whether one of `candidates` names the target and complies.
 * @throws as for an unknown value, where none surely does and one of which it is not known yet might.
 */
export function someRelated(
  stack: CheckedStack,
  candidates: readonly PolicyResource[],
  reference: Reference,
  target: PolicyResource,
  complies: (candidate: PolicyResource) => boolean = () => true,
): boolean {
  let mayBe = false;
  for (const candidate of candidates) {
    const related = relation(stack, candidate, reference, target);
    if (related === "unrelated") continue;
    const answer = ifKnown(() => complies(candidate), "unknown");
    if (related === "related" && answer === true) return true;
    if (answer !== false) mayBe = true;
  }
  if (mayBe) throw unknownValue(reference.path);
  return false;
}

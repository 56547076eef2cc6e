import type { PolicyResource } from "@pulumi/policy";
import type { CheckedStack } from "../rule.ts";
import { ifKnown, unknownValue } from "../unknown-values.ts";
import { type Reference, type ReferenceIndex, referenceIndex, valuesAt } from "./reference-index.ts";

/**
 * A property names a resource by the value of one of its outputs, or, where a preview does not know one of the two yet,
 * by the dependencies that the engine recorded.
 */
export interface Related {
  found: PolicyResource[];
  /** Others that may be, too, of which it is not known yet: then what follows from `found` is not all. */
  open: PolicyResource[];
}

/** Those of `candidates` whose property names the target. */
export function naming(
  stack: CheckedStack,
  candidates: readonly PolicyResource[],
  reference: Reference,
  target: PolicyResource,
): Related {
  const { byValue, byDependency, open } = referenceIndex(stack, candidates, reference);
  const named = reference.outputs.flatMap((output) => ifKnown(() => valuesAt(stack, target, output), []));
  const found = [
    ...named.flatMap((value) => byValue.get(value) ?? []),
    ...(byDependency.get(target.urn) ?? []),
  ];
  return { found: [...new Set(found)], open: open.filter((each) => mayName(each, target)) };
}

/** Those of `targets` that the property names. */
export function namedBy(
  stack: CheckedStack,
  from: PolicyResource,
  reference: Reference,
  targets: readonly PolicyResource[],
): Related {
  const index: ReferenceIndex = referenceIndex(stack, [from], reference);
  const values = new Set(index.byValue.keys());
  const isNamed = (target: PolicyResource) =>
    index.byDependency.has(target.urn) ||
    reference.outputs.some((output) =>
      ifKnown(() => valuesAt(stack, target, output), []).some((value) => values.has(value)),
    );
  const isOpen = index.open.length > 0;
  return {
    found: targets.filter(isNamed),
    open: isOpen ? targets.filter((target) => mayName(from, target)) : [],
  };
}

/** A value that is not known yet comes from a resource that its own depends on. */
function mayName({ dependencies }: PolicyResource, target: PolicyResource): boolean {
  return dependencies.length === 0 || dependencies.some(({ urn }) => urn === target.urn);
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
  const { found, open } = naming(stack, candidates, reference, target);
  const answer = (candidate: PolicyResource) => ifKnown(() => complies(candidate), "unknown");
  const answers = found.map(answer);
  if (answers.includes(true)) return true;
  if (answers.includes("unknown") || open.some((each) => answer(each) !== false))
    throw unknownValue(reference.path);
  return false;
}

import type { PolicyResource } from "@pulumi/policy";
import { listOf, valueAt } from "../property-path.ts";
import type { CheckedStack } from "../rule.ts";
import { ifKnown } from "../unknown-values.ts";

/** How a property names a resource. */
export interface Reference {
  /** Dotted path of the property. */
  path: string;
  /** Outputs of the target, any of which the property may hold. */
  outputs: readonly string[];
  /** What of the property's value names the target. Default: all of it. */
  part?(value: unknown): unknown;
}

/** What a property of some resources names, so that no two lists of resources are compared one by one. */
export interface ReferenceIndex {
  byValue: Map<unknown, PolicyResource[]>;
  /** By URN of what the engine recorded that the property comes from. */
  byDependency: Map<string, PolicyResource[]>;
  /** Of which nobody knows yet what they name. */
  open: PolicyResource[];
}

/** Lists of resources live as long as one look at a stack. */
const indexes = new WeakMap<readonly PolicyResource[], Map<string, ReferenceIndex>>();

/** @param resources as `stack.all` gives them, which is the same list each time. */
export function referenceIndex(
  stack: CheckedStack,
  resources: readonly PolicyResource[],
  reference: Reference,
): ReferenceIndex {
  const ofResources = indexes.get(resources) ?? new Map<string, ReferenceIndex>();
  indexes.set(resources, ofResources);
  const index = ofResources.get(reference.path) ?? createIndex(stack, resources, reference);
  ofResources.set(reference.path, index);
  return index;
}

function createIndex(
  stack: CheckedStack,
  resources: readonly PolicyResource[],
  { path, part }: Reference,
): ReferenceIndex {
  const index: ReferenceIndex = { byValue: new Map(), byDependency: new Map(), open: [] };
  const property = path.split(".")[0] as string;
  for (const resource of resources) {
    const recorded = resource.propertyDependencies[property] ?? [];
    for (const { urn } of recorded) add(index.byDependency, urn, resource);
    const values = ifKnown(() => valuesAt(stack, resource, path), undefined);
    for (const value of values ?? []) add(index.byValue, part === undefined ? value : part(value), resource);
    if (values === undefined && recorded.length === 0) index.open.push(resource);
  }
  return index;
}

function add<Key>(map: Map<Key, PolicyResource[]>, key: Key, resource: PolicyResource): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [resource]);
  else list.push(resource);
}

/** Of what the resource became, or, where a preview does not know that, of what the program asks for. */
export function valuesAt(stack: CheckedStack, resource: PolicyResource, path: string): unknown[] {
  const became = ifKnown(() => [...listOf(valueAt(resource.props, path))], []);
  return became.length > 0 ? became : [...listOf(valueAt(stack.asked(resource), path))];
}

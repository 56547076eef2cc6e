import type { PricedCloud } from "../row-schema.ts";
import type { EstimateInput, EstimateOptions } from "./cost-estimate.ts";
import { cloudOfType, createDescription } from "./create-description.ts";
import { knownText } from "./read-property.ts";

export interface Place {
  cloud: PricedCloud | undefined;
  region: string | undefined;
}

/** Where most of a stack is. */
export function placeOfStack(resources: readonly EstimateInput[], options: EstimateOptions): Place {
  const cloud = options.cloud ?? mostOften(resources.map(({ type }) => cloudOfType(type)));
  if (cloud === undefined) return { cloud, region: options.region };
  const provider = resources.find(
    ({ type }) => type === `pulumi:providers:${createDescription(cloud).package}`,
  );
  const configured =
    provider && (knownText(provider.properties, "region") ?? knownText(provider.properties, "location"));
  const own = resources.filter(({ type }) => cloudOfType(type) === cloud);
  const told = own.map((resource) => createDescription(cloud).region(resource));
  return { cloud, region: options.region ?? configured ?? mostOften(told) };
}

/** Where a resource is: where it says, else where most of the stack is. */
export function placeOf(resource: EstimateInput, stack: Place): Place {
  const cloud = cloudOfType(resource.type);
  if (cloud === undefined) return stack;
  const region = createDescription(cloud).region(resource);
  return { cloud, region: region ?? (cloud === stack.cloud ? stack.region : undefined) };
}

function mostOften<Value extends string>(values: readonly (Value | undefined)[]): Value | undefined {
  const counts = new Map<Value, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted(([, left], [, right]) => right - left)[0]?.[0];
}

import * as proxies from "@pulumi/policy/proxy.js";
import type {
  CostEstimate,
  CostItem,
  EstimateInput,
  EstimateOptions,
} from "../../../pricing/estimate/cost-estimate.ts";
import { estimateStack } from "../../../pricing/estimate/estimate-stack.ts";

/** What a policy reads a resource through: it throws where a value is unknown. Left out of the SDK's types, though exported. */
export const policyProxy = (
  proxies as unknown as { unknownCheckingProxy(properties: object): Record<string, unknown> }
).unknownCheckingProxy;

/** A text as the engine has it for a value that it does not know before the update. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function resource(
  type: string,
  properties: object = {},
  name = "it",
  more: Partial<EstimateInput> = {},
): EstimateInput {
  const urn = `urn:pulumi:stack::project::${type}::${name}`;
  return { urn, type, name, properties: properties as Record<string, unknown>, ...more };
}

/** The items of one resource in the region, by what they are. */
export function itemsOf(
  resources: readonly EstimateInput[],
  region: string,
  options: EstimateOptions = {},
): Record<string, CostItem> {
  return byWhat(estimateStack(resources, { region, ...options }));
}

export function byWhat({ items }: CostEstimate): Record<string, CostItem> {
  return Object.fromEntries(items.map((item) => [item.what, item]));
}

/** The expected amount in cents, or why it is not known. */
export function expected(item: CostItem | undefined): number | string | undefined {
  if (item === undefined) return undefined;
  if (item.monthlyUsd === "unknown") return item.unknown?.reason;
  return Math.round(item.monthlyUsd.expected * 100) / 100;
}

/** The three amounts in cents. */
export function amounts(item: CostItem | undefined): number[] | string | undefined {
  if (item === undefined || item.monthlyUsd === "unknown") return item?.unknown?.reason;
  const { minimum, expected: middle, maximum } = item.monthlyUsd;
  return [minimum, middle, maximum].map((amount) => Math.round(amount * 100) / 100);
}

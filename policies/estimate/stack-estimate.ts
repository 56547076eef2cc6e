import type { PolicyResource } from "@pulumi/policy";
import type { CostEstimate, CostItem, EstimateInput } from "../../pricing/estimate/cost-estimate.ts";
import { cloudOfType } from "../../pricing/estimate/create-description.ts";
import { estimateStack } from "../../pricing/estimate/estimate-stack.ts";
import { knownText } from "../../pricing/estimate/read-property.ts";
import { type Usage, usageSchema } from "../../pricing/estimate/usage.ts";
import type { CheckedStack } from "../rule.ts";

const estimates = new WeakMap<readonly PolicyResource[], CostEstimate>();

/** What the stack is going to cost, by what its program asks for. @throws Error for a wrong `usage`. */
export function estimateOf(stack: CheckedStack): CostEstimate {
  const known = estimates.get(stack.resources);
  if (known !== undefined) return known;
  const estimate = estimateStack(
    stack.resources.filter((resource) => !isComponent(resource)).map((resource) => inputOf(resource, stack)),
    { usage: usageOf(stack.settings.usage) },
  );
  estimates.set(stack.resources, estimate);
  return estimate;
}

/** What the engine will know at the update. */
export function openItems({ unknown }: CostEstimate): CostItem[] {
  return unknown.filter((item) => item.unknown?.reason === "not known before the update");
}

/** Those that are expected to cost most, the dearest first; USD a month. */
export function dearestItems(
  { items }: CostEstimate,
  count: number,
): { name: string; what: string; expected: number }[] {
  return items
    .flatMap(({ name, what, monthlyUsd }) =>
      monthlyUsd === "unknown" ? [] : [{ name, what, expected: monthlyUsd.expected }],
    )
    .toSorted((left, right) => right.expected - left.expected)
    .slice(0, count);
}

function usageOf(usage: unknown): Usage | undefined {
  if (usage === undefined) return undefined;
  const parsed = usageSchema.safeParse(usage);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `usage.${path.map(String).join(".")}: ${message}`,
  );
  throw new Error(`wrong configuration: ${problems.join("; ")}`);
}

/** It groups others and is billed for nothing; only what a provider makes has one. */
function isComponent({ provider, type }: PolicyResource): boolean {
  return provider === undefined && cloudOfType(type) === undefined && !type.startsWith("kubernetes:");
}

function inputOf(resource: PolicyResource, stack: CheckedStack): EstimateInput {
  const { urn, type, name, props, dependencies } = resource;
  return {
    urn,
    type,
    name,
    properties: stack.asked(resource),
    id: knownText(props, "id"),
    dependencies: dependencies.map((each) => each.urn),
  };
}

import type { PolicyResource, StackValidationArgs } from "@pulumi/policy";
import type { CostEstimate, EstimateInput } from "../../pricing/estimate/cost-estimate.ts";
import { estimateStack } from "../../pricing/estimate/estimate-stack.ts";
import { knownText } from "../../pricing/estimate/read-property.ts";
import { type Usage, usageSchema } from "../../pricing/estimate/usage.ts";

/** Of both rules on cost. */
export interface CostConfig {
  /** What depends on use, as in a usage file. */
  usage?: unknown;
}

/** Part of a rule's configuration schema. */
export const usageProperty = {
  usage: { type: "object", description: "What depends on use, as in stacks/usage.example.yaml" },
} as const;

/** What the stack is going to cost, by what the engine tells of its resources. @throws Error for a wrong `usage`. */
export function estimateOf({ resources, getConfig }: StackValidationArgs): CostEstimate {
  return estimateStack(resources.map(inputOf), { usage: usageOf(getConfig<CostConfig>().usage) });
}

function usageOf(usage: unknown): Usage | undefined {
  if (usage === undefined) return undefined;
  const parsed = usageSchema.safeParse(usage);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `usage.${path.map(String).join(".")}: ${message}`,
  );
  throw new Error(`wrong configuration of the policy: ${problems.join("; ")}`);
}

function inputOf({ urn, type, name, props, dependencies }: PolicyResource): EstimateInput {
  return {
    urn,
    type,
    name,
    properties: props,
    id: knownText(props, "id"),
    dependencies: dependencies.map((each) => each.urn),
  };
}

import { matchesAny } from "../pattern.ts";
import type { ResourceRule } from "../rule.ts";

/** Azure takes `East US` for eastus, Google `US-CENTRAL1` for us-central1; `global` is no region. */
export const resourceRestrictRegions: ResourceRule = {
  name: "resource-restrict-regions",
  description: "Resources are in regions that are allowed.",
  severity: "high",
  remediationSteps: "Put it into an allowed region, or add its region to allowedRegions.",
  settings: ["allowedRegions"],
  types: ["aws:*", "azure-native*", "gcp:*"],
  check({ type, props, providerProps, settings }, report) {
    const allowed = settings.allowedRegions;
    if (allowed === undefined) return;
    const region = props.region ?? props.location ?? (isOfRegion(type) ? providerProps.region : undefined);
    if (typeof region !== "string") return;
    const name = region.toLowerCase().replaceAll(" ", "");
    if (name !== "global" && !matchesAny(allowed, name))
      report(`it is in ${region}, allowed are ${allowed.join(", ")}`);
  },
};

/** Of AWS nearly everything is where its provider is; on the other clouds what has a region says so itself. */
function isOfRegion(type: string): boolean {
  return /^aws:(?!iam|budgets|cloudfront|route53|organizations)/.test(type);
}

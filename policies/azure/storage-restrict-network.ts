import { valueAt } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { storageAccount } from "./types.ts";

export const storageRestrictNetwork: ResourceRule = {
  name: "storage-restrict-network",
  description: "A storage account is not reached from every network.",
  severity: "high",
  remediationSteps: "Set publicNetworkAccess to Disabled, or networkRuleSet.defaultAction to Deny.",
  types: [storageAccount],
  check({ props }, report) {
    if (props.publicNetworkAccess === "Disabled") return;
    if (valueAt(props, "networkRuleSet.defaultAction") !== "Deny")
      report("neither is publicNetworkAccess Disabled nor networkRuleSet.defaultAction Deny");
  },
};

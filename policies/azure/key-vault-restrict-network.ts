import { valueAt } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { keyVault } from "./types.ts";

export const keyVaultRestrictNetwork: ResourceRule = {
  name: "key-vault-restrict-network",
  description: "A key vault is not reached from every network.",
  severity: "high",
  remediationSteps:
    "Set properties.networkAcls.defaultAction to Deny, or properties.publicNetworkAccess to Disabled.",
  types: [keyVault],
  check({ props }, report) {
    if (valueAt(props, "properties.networkAcls.defaultAction") === "Deny") return;
    if (String(valueAt(props, "properties.publicNetworkAccess")).toLowerCase() !== "disabled")
      report(
        "neither is properties.networkAcls.defaultAction Deny nor properties.publicNetworkAccess Disabled",
      );
  },
};

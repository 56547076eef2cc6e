import { propertyRule } from "../property-rule.ts";
import { managedCluster } from "./types.ts";

export const aksEnableAutoUpgrade = propertyRule({
  name: "aks-enable-auto-upgrade",
  description: "An AKS cluster and its nodes get patches by themselves.",
  severity: "medium",
  remediationSteps: "Set autoUpgradeProfile to {upgradeChannel: patch, nodeOSUpgradeChannel: NodeImage}.",
  types: [managedCluster],
  requirements: [
    { path: "autoUpgradeProfile.upgradeChannel", values: ["patch", "stable", "rapid", "node-image"] },
    { path: "autoUpgradeProfile.nodeOSUpgradeChannel", values: ["NodeImage", "SecurityPatch"] },
  ],
  remediable: true,
});

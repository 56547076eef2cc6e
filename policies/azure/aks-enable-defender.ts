import { aksBenchmark } from "../benchmarks.ts";
import { inProduction, propertyRule } from "../property-rule.ts";
import { managedCluster } from "./types.ts";

export const aksEnableDefender = propertyRule({
  name: "aks-enable-defender",
  description: "In production Microsoft Defender watches an AKS cluster.",
  severity: "medium",
  framework: aksBenchmark("5.1.1"),
  remediationSteps:
    "Set securityProfile.defender to {logAnalyticsWorkspaceResourceId, securityMonitoring: {enabled: true}}.",
  settings: ["environment"],
  types: [managedCluster],
  requirements: [{ path: "securityProfile.defender.securityMonitoring.enabled", values: [true] }],
  when: inProduction,
});

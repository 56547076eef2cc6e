import { aksBenchmark } from "../benchmarks.ts";
import { propertyRule } from "../property-rule.ts";
import { managedCluster } from "./types.ts";

export const aksRequireEntraAuthentication = propertyRule({
  name: "aks-require-entra-authentication",
  description: "People come to an AKS cluster through Entra, and Azure's roles say what they may.",
  severity: "high",
  framework: aksBenchmark("5.5.1", "5.5.2"),
  remediationSteps: "Set aadProfile to {managed: true, enableAzureRBAC: true}.",
  types: [managedCluster],
  requirements: [
    { path: "aadProfile.managed", values: [true] },
    { path: "aadProfile.enableAzureRBAC", values: [true] },
  ],
});

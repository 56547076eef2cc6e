import { aksBenchmark } from "../benchmarks.ts";
import { propertyRule } from "../property-rule.ts";
import { managedCluster } from "./types.ts";

export const aksRequireNetworkPolicy = propertyRule({
  name: "aks-require-network-policy",
  description: "An AKS cluster enforces network policies.",
  severity: "high",
  framework: aksBenchmark("5.4.4"),
  remediationSteps: "Set networkProfile.networkPolicy to cilium, calico or azure when the cluster is made.",
  types: [managedCluster],
  requirements: [{ path: "networkProfile.networkPolicy", values: ["cilium", "calico", "azure"] }],
});

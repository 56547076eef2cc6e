import { aksBenchmark } from "../benchmarks.ts";
import { propertyRule } from "../property-rule.ts";
import { managedCluster } from "./types.ts";

export const aksEnableWorkloadIdentity = propertyRule({
  name: "aks-enable-workload-identity",
  description: "Workloads of an AKS cluster have identities of their own, without keys.",
  severity: "high",
  framework: aksBenchmark("5.2.1"),
  remediationSteps: "Set oidcIssuerProfile.enabled and securityProfile.workloadIdentity.enabled to true.",
  types: [managedCluster],
  requirements: [
    { path: "oidcIssuerProfile.enabled", values: [true] },
    { path: "securityProfile.workloadIdentity.enabled", values: [true] },
  ],
  remediable: true,
});

import { aksBenchmark } from "../benchmarks.ts";
import { inProduction, propertyRule } from "../property-rule.ts";
import { managedCluster } from "./types.ts";

export const aksEncryptSecrets = propertyRule({
  name: "aks-encrypt-secrets",
  description: "In production an AKS cluster encrypts Kubernetes secrets with a key of a vault.",
  severity: "high",
  framework: aksBenchmark("5.3.1"),
  remediationSteps: "Set securityProfile.azureKeyVaultKms to {enabled: true, keyId, …}.",
  settings: ["environment"],
  types: [managedCluster],
  requirements: [{ path: "securityProfile.azureKeyVaultKms.enabled", values: [true] }],
  when: inProduction,
});

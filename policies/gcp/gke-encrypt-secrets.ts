import { gkeBenchmark } from "../benchmarks.ts";
import { inProduction, propertyRule } from "../property-rule.ts";
import { gkeCluster } from "./types.ts";

export const gkeEncryptSecrets = propertyRule({
  name: "gke-encrypt-secrets",
  description: "In production a GKE cluster encrypts Kubernetes secrets with a key of KMS.",
  severity: "high",
  framework: gkeBenchmark("5.3.1"),
  remediationSteps: "Set databaseEncryption to {state: ENCRYPTED, keyName}.",
  settings: ["environment"],
  types: [gkeCluster],
  requirements: [
    { path: "databaseEncryption.state", values: ["ENCRYPTED", "ALL_OBJECTS_ENCRYPTION_ENABLED"] },
  ],
  when: inProduction,
});

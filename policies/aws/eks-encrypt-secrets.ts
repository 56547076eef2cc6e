import { eksBenchmark } from "../benchmarks.ts";
import { listOf, valueAt } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { eksCluster } from "./types.ts";

export const eksEncryptSecrets: ResourceRule = {
  name: "eks-encrypt-secrets",
  description: "An EKS cluster encrypts Kubernetes secrets with a key of the account.",
  severity: "high",
  framework: eksBenchmark("5.3.1"),
  remediationSteps: 'Set encryptionConfig to {provider: {keyArn: …}, resources: ["secrets"]}.',
  types: [eksCluster],
  check({ props }, report) {
    if (!listOf(valueAt(props, "encryptionConfig.resources")).includes("secrets"))
      report('encryptionConfig.resources does not have "secrets"');
  },
};

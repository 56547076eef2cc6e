import type { ResourceRule } from "../rule.ts";

export const iamForbidServiceAccountKeys: ResourceRule = {
  name: "iam-forbid-service-account-keys",
  description: "No keys of service accounts: workloads get identities by workload identity.",
  severity: "critical",
  remediationSteps: "Bind the Kubernetes service account to the Google one, or federate from outside.",
  types: ["gcp:serviceaccount/key:Key", "gcp:serviceAccount/key:Key"],
  check({ props }, report) {
    report(`a key of ${props.serviceAccountId ?? "a service account"} would be made`);
  },
};

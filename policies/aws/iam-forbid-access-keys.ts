import { eksBenchmark } from "../benchmarks.ts";
import type { ResourceRule } from "../rule.ts";

export const iamForbidAccessKeys: ResourceRule = {
  name: "iam-forbid-access-keys",
  description: "No access keys that last: workloads get a role by EKS Pod Identity or IRSA.",
  severity: "critical",
  framework: eksBenchmark("5.2.1"),
  remediationSteps:
    "Use an aws.eks.PodIdentityAssociation, a role for the service account, or OIDC federation.",
  types: ["aws:iam/accessKey:AccessKey"],
  check({ props }, report) {
    report(`an access key of user ${props.user ?? "unnamed"} would be made`);
  },
};

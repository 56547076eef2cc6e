import { gkeBenchmark } from "../benchmarks.ts";
import type { ResourceRule } from "../rule.ts";
import { gkeCluster } from "./types.ts";

export const gkeEnableWorkloadIdentity: ResourceRule = {
  name: "gke-enable-workload-identity",
  description: "Workloads of a GKE cluster have identities of their own, without keys.",
  severity: "high",
  framework: gkeBenchmark("5.2.2"),
  remediationSteps: "Set workloadIdentityConfig.workloadPool to PROJECT.svc.id.goog.",
  types: [gkeCluster],
  check({ props }, report) {
    if (props.enableAutopilot !== true && !props.workloadIdentityConfig?.workloadPool)
      report("workloadIdentityConfig.workloadPool is missing");
  },
};

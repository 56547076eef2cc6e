import { gkeBenchmark } from "../benchmarks.ts";
import { inProduction, propertyRule } from "../property-rule.ts";
import { gkeCluster } from "./types.ts";

export const gkeEnableBinaryAuthorization = propertyRule({
  name: "gke-enable-binary-authorization",
  description: "In production a GKE cluster starts images only that the project's policy allows.",
  severity: "medium",
  framework: gkeBenchmark("5.10.4"),
  remediationSteps: "Set binaryAuthorization.evaluationMode to PROJECT_SINGLETON_POLICY_ENFORCE.",
  settings: ["environment"],
  types: [gkeCluster],
  requirements: [
    { path: "binaryAuthorization.evaluationMode", values: ["PROJECT_SINGLETON_POLICY_ENFORCE"] },
  ],
  when: inProduction,
});

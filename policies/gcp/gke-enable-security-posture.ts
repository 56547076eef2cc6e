import { gkeBenchmark } from "../benchmarks.ts";
import { inProduction, propertyRule } from "../property-rule.ts";
import { gkeCluster } from "./types.ts";

export const gkeEnableSecurityPosture = propertyRule({
  name: "gke-enable-security-posture",
  description: "In production Google watches the security posture of a GKE cluster.",
  severity: "low",
  framework: gkeBenchmark("5.10.5"),
  remediationSteps: "Set securityPostureConfig.mode to BASIC or ENTERPRISE.",
  settings: ["environment"],
  types: [gkeCluster],
  requirements: [{ path: "securityPostureConfig.mode", values: ["BASIC", "ENTERPRISE"] }],
  when: inProduction,
  remediable: true,
});

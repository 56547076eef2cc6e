import { gkeBenchmark } from "../benchmarks.ts";
import { propertyRule } from "../property-rule.ts";
import { gkeCluster } from "./types.ts";

export const gkeEnableIntranodeVisibility = propertyRule({
  name: "gke-enable-intranode-visibility",
  description: "Flow logs of a GKE cluster see connections within a node too.",
  severity: "low",
  framework: gkeBenchmark("5.6.1"),
  remediationSteps: "Set enableIntranodeVisibility to true.",
  types: [gkeCluster],
  requirements: [{ path: "enableIntranodeVisibility", values: [true] }],
  remediable: true,
});

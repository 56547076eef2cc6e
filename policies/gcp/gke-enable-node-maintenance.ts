import { gkeBenchmark } from "../benchmarks.ts";
import { propertyRule } from "../property-rule.ts";
import { nodePool } from "./types.ts";

export const gkeEnableNodeMaintenance = propertyRule({
  name: "gke-enable-node-maintenance",
  description: "GKE repairs and upgrades nodes.",
  severity: "medium",
  framework: gkeBenchmark("5.5.2", "5.5.3"),
  remediationSteps: "Set management to {autoRepair: true, autoUpgrade: true}.",
  types: [nodePool],
  requirements: [
    { path: "management.autoRepair", values: [true], missingComplies: true },
    { path: "management.autoUpgrade", values: [true], missingComplies: true },
  ],
  remediable: true,
});

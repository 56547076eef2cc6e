import { gkeBenchmark } from "../benchmarks.ts";
import { propertyRule } from "../property-rule.ts";
import { gkeCluster } from "./types.ts";

export const gkeRequireReleaseChannel = propertyRule({
  name: "gke-require-release-channel",
  description: "Kubernetes of a GKE cluster follows a release channel.",
  severity: "medium",
  framework: gkeBenchmark("5.5.4"),
  remediationSteps: "Set releaseChannel.channel to REGULAR or STABLE.",
  types: [gkeCluster],
  requirements: [
    {
      path: "releaseChannel.channel",
      values: ["REGULAR", "STABLE", "RAPID", "EXTENDED"],
      missingComplies: true,
    },
  ],
  remediable: true,
});

import { gkeBenchmark } from "../benchmarks.ts";
import { valueAt } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkNodes, nodeTypes } from "./node-configurations.ts";

export const gkeRequireMetadataServer: ResourceRule = {
  name: "gke-require-metadata-server",
  description: "Pods on GKE nodes cannot ask for the node's own credentials.",
  severity: "high",
  framework: gkeBenchmark("5.4.1"),
  remediationSteps: "Set nodeConfig.workloadMetadataConfig.mode to GKE_METADATA.",
  types: nodeTypes,
  check({ type, props }, report) {
    checkNodes(type, props, ({ path, configuration }) => {
      if (valueAt(configuration, "workloadMetadataConfig.mode") !== "GKE_METADATA")
        report(`${path}workloadMetadataConfig.mode is not GKE_METADATA`);
    });
  },
};

import { gkeBenchmark } from "../benchmarks.ts";
import { valueAt } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { gkeCluster, nodePool } from "./types.ts";

/** For the whole cluster; a pool can only say no to it. */
export const gkeRequirePrivateNodes: ResourceRule = {
  name: "gke-require-private-nodes",
  description: "Nodes of a GKE cluster have no public addresses.",
  severity: "high",
  framework: gkeBenchmark("5.6.5"),
  remediationSteps:
    "Set privateClusterConfig.enablePrivateNodes of the cluster to true, and networkConfig of no pool to false.",
  types: [gkeCluster, nodePool],
  check({ type, props }, report) {
    if (type === nodePool) {
      if (valueAt(props, "networkConfig.enablePrivateNodes") === false)
        report("networkConfig.enablePrivateNodes is false");
    } else if (valueAt(props, "privateClusterConfig.enablePrivateNodes") !== true)
      report("privateClusterConfig.enablePrivateNodes is not true");
  },
};

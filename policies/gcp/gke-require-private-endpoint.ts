import { gkeBenchmark } from "../benchmarks.ts";
import { valueAt } from "../property-path.ts";
import { inProduction } from "../property-rule.ts";
import type { ResourceRule } from "../rule.ts";
import { gkeCluster } from "./types.ts";

export const gkeRequirePrivateEndpoint: ResourceRule = {
  name: "gke-require-private-endpoint",
  description: "In production the control plane of a GKE cluster has no public address.",
  severity: "high",
  framework: gkeBenchmark("5.6.4"),
  remediationSteps:
    "Set privateClusterConfig.enablePrivateEndpoint to true, or controlPlaneEndpointsConfig.ipEndpointsConfig.enabled to false.",
  settings: ["environment"],
  types: [gkeCluster],
  check(resource, report) {
    const { props } = resource;
    if (!inProduction(resource) || valueAt(props, "privateClusterConfig.enablePrivateEndpoint") === true)
      return;
    if (valueAt(props, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled") !== false)
      report("privateClusterConfig.enablePrivateEndpoint is not true");
  },
};

import { gkeBenchmark } from "../benchmarks.ts";
import { isWholeInternet } from "../network-ranges.ts";
import { listOf, valueAt } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";
import { gkeCluster } from "./types.ts";

/** By ranges of addresses, or by a DNS endpoint alone, where Google asks who comes. */
export const gkeRestrictControlPlane: ResourceRule = {
  name: "gke-restrict-control-plane",
  description: "The control plane of a GKE cluster lets in named ranges of addresses only.",
  severity: "critical",
  framework: gkeBenchmark("5.6.3"),
  remediationSteps:
    "Set masterAuthorizedNetworksConfig.cidrBlocks, or controlPlaneEndpointsConfig.ipEndpointsConfig.enabled to false.",
  types: [gkeCluster],
  check({ props }, report) {
    if (valueAt(props, "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled") === false) return;
    const authorized = props.masterAuthorizedNetworksConfig;
    if (!authorized) return report("masterAuthorizedNetworksConfig is missing, which lets in every address");
    checkEach(listOf(authorized.cidrBlocks), ({ cidrBlock }) => {
      if (isWholeInternet(cidrBlock))
        report(`masterAuthorizedNetworksConfig.cidrBlocks lets in every address: ${cidrBlock}`);
    });
  },
};

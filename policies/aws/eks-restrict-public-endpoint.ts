import { eksBenchmark } from "../benchmarks.ts";
import { isWholeInternet } from "../network-ranges.ts";
import { listOf } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";
import { eksCluster } from "./types.ts";

/** EKS opens the endpoint to the whole Internet unless ranges are named. */
export const eksRestrictPublicEndpoint: ResourceRule = {
  name: "eks-restrict-public-endpoint",
  description: "A public endpoint of an EKS cluster is for named ranges of addresses only.",
  severity: "critical",
  framework: eksBenchmark("5.4.1"),
  remediationSteps:
    "Set vpcConfig.endpointPublicAccess to false, or name ranges in vpcConfig.publicAccessCidrs.",
  types: [eksCluster],
  check({ props }, report) {
    const network = props.vpcConfig ?? {};
    if (network.endpointPublicAccess === false) return;
    const ranges = listOf(network.publicAccessCidrs);
    if (ranges.length === 0) report("vpcConfig.publicAccessCidrs is missing, which lets in every address");
    checkEach(ranges, (range) => {
      if (isWholeInternet(range)) report(`vpcConfig.publicAccessCidrs lets in every address: ${range}`);
    });
  },
};

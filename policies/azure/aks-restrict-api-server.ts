import { aksBenchmark } from "../benchmarks.ts";
import { isWholeInternet } from "../network-ranges.ts";
import { listOf } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";
import { managedCluster } from "./types.ts";

export const aksRestrictApiServer: ResourceRule = {
  name: "aks-restrict-api-server",
  description: "The API server of an AKS cluster is private, or lets in named ranges of addresses only.",
  severity: "critical",
  framework: aksBenchmark("5.4.1", "5.4.2"),
  remediationSteps:
    "Set apiServerAccessProfile.enablePrivateCluster to true, or name ranges in apiServerAccessProfile.authorizedIPRanges.",
  types: [managedCluster],
  check({ props }, report) {
    const access = props.apiServerAccessProfile ?? {};
    if (access.enablePrivateCluster === true) return;
    const ranges = listOf(access.authorizedIPRanges);
    if (ranges.length === 0)
      report("apiServerAccessProfile has neither enablePrivateCluster true nor authorizedIPRanges");
    checkEach(ranges, (range) => {
      if (isWholeInternet(range))
        report(`apiServerAccessProfile.authorizedIPRanges lets in every address: ${range}`);
    });
  },
};

import { listOf } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { eksCluster } from "./types.ts";

const wanted = ["api", "audit", "authenticator"];

export const eksEnableControlPlaneLogs: ResourceRule = {
  name: "eks-enable-control-plane-logs",
  description: "The control plane of an EKS cluster logs requests, their audit and their authentication.",
  severity: "medium",
  remediationSteps: 'Add "api", "audit" and "authenticator" to enabledClusterLogTypes.',
  types: [eksCluster],
  check({ props }, report) {
    const enabled = listOf(props.enabledClusterLogTypes);
    const missing = wanted.filter((type) => !enabled.includes(type));
    if (missing.length > 0) report(`enabledClusterLogTypes lacks ${missing.join(", ")}`);
  },
  remediate({ props }) {
    const enabled = listOf(props.enabledClusterLogTypes);
    const missing = wanted.filter((type) => !enabled.includes(type));
    if (missing.length > 0) props.enabledClusterLogTypes = [...enabled, ...missing];
    return missing.length > 0;
  },
};

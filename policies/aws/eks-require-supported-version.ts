import { shown } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { eksCluster } from "./types.ts";

/** Without a version EKS takes its newest, so a missing one complies. */
export const eksRequireSupportedVersion: ResourceRule = {
  name: "eks-require-supported-version",
  description: "An EKS cluster runs a version of Kubernetes that is in support.",
  severity: "medium",
  remediationSteps: "Raise version, one minor version at a time.",
  settings: ["minimumKubernetesVersion"],
  types: [eksCluster],
  check({ props, settings }, report) {
    const { version } = props;
    if (version === undefined || version === null) return;
    if (!(minor(version) >= minor(settings.minimumKubernetesVersion)))
      report(`version is ${shown(version)}, the oldest in support is ${settings.minimumKubernetesVersion}`);
  },
};

/** NaN for what is no version. */
function minor(version: unknown): number {
  return Number(/^1\.(\d+)/.exec(String(version))?.[1]);
}

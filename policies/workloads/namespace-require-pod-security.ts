import { shown } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";

const label = "pod-security.kubernetes.io/enforce";

export const namespaceRequirePodSecurity: ResourceRule = {
  name: "namespace-require-pod-security",
  description: "A namespace takes pods only that keep to the restricted profile.",
  severity: "high",
  remediationSteps: `Set the label ${label} to restricted.`,
  types: ["kubernetes:core/v1:Namespace"],
  check({ props }, report) {
    const level = props.metadata?.labels?.[label];
    if (level !== "restricted") report(`the label ${label} is ${shown(level)}`);
  },
};

import { eksBenchmark } from "../benchmarks.ts";
import { valueAt } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkContainers, mendContainers, podTypes } from "./pods.ts";

export const podForbidPrivileged: ResourceRule = {
  name: "pod-forbid-privileged",
  description: "No container is privileged, and so as good as root on its node.",
  severity: "critical",
  framework: eksBenchmark("4.2.1"),
  remediationSteps: "Remove securityContext.privileged; add the one capability that is needed.",
  types: podTypes,
  check(resource, report) {
    checkContainers(resource, ({ path, container }) => {
      if (valueAt(container, "securityContext.privileged") === true)
        report(`${path}securityContext.privileged is true`);
    });
  },
  remediate(resource) {
    return mendContainers(resource, (container) => {
      if (valueAt(container, "securityContext.privileged") !== true) return false;
      container.securityContext.privileged = false;
      return true;
    });
  },
};

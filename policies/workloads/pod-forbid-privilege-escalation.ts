import { eksBenchmark } from "../benchmarks.ts";
import { setAt, shown, valueAt } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkContainers, mendContainers, podTypes } from "./pods.ts";

const property = "securityContext.allowPrivilegeEscalation";

export const podForbidPrivilegeEscalation: ResourceRule = {
  name: "pod-forbid-privilege-escalation",
  description: "No process of a container gets more privileges than its parent.",
  severity: "high",
  framework: eksBenchmark("4.2.5"),
  remediationSteps: "Set securityContext.allowPrivilegeEscalation of every container to false.",
  types: podTypes,
  check(resource, report) {
    checkContainers(resource, ({ path, container }) => {
      const value = valueAt(container, property);
      if (value !== false) report(`${path}${property} is ${shown(value)}: set it to false`);
    });
  },
  remediate(resource) {
    return mendContainers(resource, (container) => {
      if (valueAt(container, property) === false) return false;
      setAt(container, property, false);
      return true;
    });
  },
};

import { eksBenchmark } from "../benchmarks.ts";
import { setAt, shown } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkContainers, podTypes, securityOf } from "./pods.ts";

const property = "securityContext.seccompProfile.type";

/** Said by the container, or by the pod for all of its containers. */
export const podRequireSeccompProfile: ResourceRule = {
  name: "pod-require-seccomp-profile",
  description: "A container makes only the system calls that its runtime allows by default, or fewer.",
  severity: "medium",
  framework: eksBenchmark("4.5.2"),
  remediationSteps: "Set securityContext.seccompProfile of the pod to {type: RuntimeDefault}.",
  types: podTypes,
  check(resource, report) {
    checkContainers(resource, (each) => {
      const type = securityOf(each, "seccompProfile.type");
      if (type !== "RuntimeDefault" && type !== "Localhost")
        report(`${each.path}${property} is ${shown(type)}: set it to RuntimeDefault`);
    });
  },
  remediate(resource) {
    let changed = false;
    checkContainers(resource, (each) => {
      if (securityOf(each, "seccompProfile.type") !== undefined) return;
      setAt(each.container, property, "RuntimeDefault");
      changed = true;
    });
    return changed;
  },
};

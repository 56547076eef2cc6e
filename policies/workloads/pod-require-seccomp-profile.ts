import { eksBenchmark } from "../benchmarks.ts";
import { setAt, shown, valueAt } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkContainers, podOf, podTypes, securityOf } from "./pods.ts";

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
    const pod = podOf(resource);
    if (pod === undefined || valueAt(pod.spec, property) !== undefined) return false;
    setAt(pod.spec, property, "RuntimeDefault");
    return true;
  },
};

import { eksBenchmark } from "../benchmarks.ts";
import type { ResourceRule } from "../rule.ts";
import { checkContainers, podTypes, securityOf } from "./pods.ts";

/** Said by the container, or by the pod for all of its containers. */
export const podRequireNonRoot: ResourceRule = {
  name: "pod-require-non-root",
  description: "No container runs as root.",
  severity: "high",
  framework: eksBenchmark("4.5.2"),
  remediationSteps: "Set securityContext of the pod to {runAsNonRoot: true, runAsUser: 10001}.",
  types: podTypes,
  check(resource, report) {
    checkContainers(resource, (each) => {
      if (securityOf(each, "runAsNonRoot") !== true)
        report(`${each.path}securityContext.runAsNonRoot is not true`);
      if (securityOf(each, "runAsUser") === 0)
        report(`${each.path}securityContext.runAsUser is 0, which is root`);
    });
  },
};

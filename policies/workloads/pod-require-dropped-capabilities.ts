import { eksBenchmark } from "../benchmarks.ts";
import { listOf, setAt, valueAt } from "../property-path.ts";
import type { Properties, ResourceRule } from "../rule.ts";
import { checkContainers, mendContainers, podTypes } from "./pods.ts";

/** What the restricted profile of Kubernetes' Pod Security Standards lets be added. */
const allowed = ["NET_BIND_SERVICE"];

export const podRequireDroppedCapabilities: ResourceRule = {
  name: "pod-require-dropped-capabilities",
  description: "A container has none of root's capabilities.",
  severity: "high",
  framework: eksBenchmark("4.5.2"),
  remediationSteps: 'Set securityContext.capabilities of every container to {drop: ["ALL"]}.',
  types: podTypes,
  check(resource, report) {
    checkContainers(resource, ({ path, container }) => {
      if (!dropsAll(container)) report(`${path}securityContext.capabilities.drop does not have "ALL"`);
      const added = listOf(valueAt(container, "securityContext.capabilities.add"));
      for (const name of added.filter((each) => !allowed.includes(each)))
        report(`${path}securityContext.capabilities.add has ${name}`);
    });
  },
  remediate(resource) {
    return mendContainers(resource, (container) => {
      if (dropsAll(container)) return false;
      setAt(container, "securityContext.capabilities.drop", ["ALL"]);
      return true;
    });
  },
};

function dropsAll(container: Properties): boolean {
  return listOf(valueAt(container, "securityContext.capabilities.drop")).includes("ALL");
}

import { listOf } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";
import { checkPod, kindOf } from "./pods.ts";

/** What runs on every node and listens to nobody has nothing that could be asked. */
export const containerRequireProbes: ResourceRule = {
  name: "container-require-probes",
  description: "Kubernetes can tell whether a container that serves is ready, and whether it hangs.",
  severity: "medium",
  remediationSteps: "Set readinessProbe and livenessProbe.",
  types: ["kubernetes:*:Deployment", "kubernetes:*:StatefulSet", "kubernetes:*:DaemonSet"],
  check(resource, report) {
    checkPod(resource, ({ path, spec }) =>
      checkEach(listOf(spec.containers), (container, index) => {
        if (kindOf(resource.type) === "DaemonSet" && listOf(container.ports).length === 0) return;
        checkEach(["readinessProbe", "livenessProbe"], (probe) => {
          if (!container[probe]) report(`${path}containers[${index}].${probe} is missing`);
        });
      }),
    );
  },
};

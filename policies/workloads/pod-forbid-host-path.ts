import { listOf } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";
import { checkPod, podTypes } from "./pods.ts";

export const podForbidHostPath: ResourceRule = {
  name: "pod-forbid-host-path",
  description: "No pod mounts folders of its node.",
  severity: "high",
  remediationSteps: "Use an emptyDir, a claim or a projected volume.",
  types: podTypes,
  check(resource, report) {
    checkPod(resource, ({ path, spec }) =>
      checkEach(listOf(spec.volumes), ({ name, hostPath }) => {
        if (hostPath) report(`${path}volumes has ${name}, the node's ${hostPath.path}`);
      }),
    );
  },
};

import { eksBenchmark } from "../benchmarks.ts";
import type { ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";
import { checkPod, podTypes } from "./pods.ts";

export const podForbidHostNamespaces: ResourceRule = {
  name: "pod-forbid-host-namespaces",
  description: "No pod shares processes, memory or network with its node.",
  severity: "high",
  framework: eksBenchmark("4.2.2", "4.2.3", "4.2.4"),
  remediationSteps: "Remove hostPID, hostIPC and hostNetwork.",
  types: podTypes,
  check(resource, report) {
    checkPod(resource, ({ path, spec }) =>
      checkEach(["hostPID", "hostIPC", "hostNetwork"], (property) => {
        if (spec[property] === true) report(`${path}${property} is true`);
      }),
    );
  },
};

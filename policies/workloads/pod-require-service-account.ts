import { eksBenchmark } from "../benchmarks.ts";
import { shown } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkPod, podTypes } from "./pods.ts";

/** Kubernetes still takes the old name serviceAccount. */
export const podRequireServiceAccount: ResourceRule = {
  name: "pod-require-service-account",
  description: "A pod has a service account of its own, not the default one of its namespace.",
  severity: "medium",
  framework: eksBenchmark("4.1.5"),
  remediationSteps: "Set serviceAccountName to an account that this workload alone has.",
  types: podTypes,
  check(resource, report) {
    checkPod(resource, ({ path, spec }) => {
      const name = spec.serviceAccountName ?? spec.serviceAccount;
      if (!name || name === "default") report(`${path}serviceAccountName is ${shown(name)}`);
    });
  },
};

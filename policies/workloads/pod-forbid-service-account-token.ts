import type { PolicyResource } from "@pulumi/policy";
import { eksBenchmark } from "../benchmarks.ts";
import { valueAt } from "../property-path.ts";
import type { CheckedStack, Properties, StackRule } from "../rule.ts";
import { podOf, podTypes } from "./pods.ts";

/** The pod says so, or, where it is silent, its service account. */
export const podForbidServiceAccountToken: StackRule = {
  name: "pod-forbid-service-account-token",
  description: "A pod gets no token for Kubernetes' API, unless a waiver says what it needs it for.",
  severity: "medium",
  framework: eksBenchmark("4.1.6"),
  remediationSteps: "Set automountServiceAccountToken of the pod, or of its service account, to false.",
  checkStack(stack, report) {
    stack.each(stack.all(...podTypes), (workload) => {
      const props = stack.asked(workload);
      const pod = podOf({ type: workload.type, props });
      if (pod === undefined) return;
      const mounts = pod.spec.automountServiceAccountToken ?? accountMounts(pod.spec, props, stack);
      if (mounts !== false) report(`${pod.path}automountServiceAccountToken is not false`, workload);
    });
  },
};

function accountMounts(pod: Properties, props: Properties, stack: CheckedStack): unknown {
  const name = pod.serviceAccountName ?? pod.serviceAccount;
  const isOfPod = (account: PolicyResource) => {
    const asked = stack.asked(account);
    return (
      valueAt(asked, "metadata.name") === name &&
      valueAt(asked, "metadata.namespace") === valueAt(props, "metadata.namespace")
    );
  };
  const account = stack.all("kubernetes:core/v1:ServiceAccount").find(isOfPod);
  return account === undefined ? undefined : stack.asked(account).automountServiceAccountToken;
}

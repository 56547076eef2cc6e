import type { PolicyResource } from "@pulumi/policy";
import { eksBenchmark } from "../benchmarks.ts";
import { valueAt } from "../property-path.ts";
import type { CheckedStack, Properties, StackRule } from "../rule.ts";
import { ifKnown } from "../unknown-values.ts";
import { podOf, podTypes } from "./pods.ts";

/** The pod says so, or, where it is silent, its service account. */
export const podForbidServiceAccountToken: StackRule = {
  name: "pod-forbid-service-account-token",
  description: "A pod gets no token for Kubernetes' API, unless a waiver says what it needs it for.",
  severity: "medium",
  framework: eksBenchmark("4.1.6"),
  remediationSteps: "Set automountServiceAccountToken of the pod, or of its service account, to false.",
  checkStack(stack, report) {
    const accounts = accountsOf(stack);
    stack.each(stack.all(...podTypes), (workload) => {
      const props = stack.asked(workload);
      const pod = podOf({ type: workload.type, props });
      if (pod === undefined) return;
      const mounts = pod.spec.automountServiceAccountToken ?? accountMounts(pod.spec, props, accounts, stack);
      if (mounts !== false) report(`${pod.path}automountServiceAccountToken is not false`, workload);
    });
  },
};

/** By what an object of this namespace calls it. */
type Accounts = Map<string, PolicyResource>;

function accountsOf(stack: CheckedStack): Accounts {
  const accounts = stack.all("kubernetes:core/v1:ServiceAccount");
  const named = accounts.flatMap((account) => {
    const asked = stack.asked(account);
    const key = ifKnown(
      () => keyOf(valueAt(asked, "metadata.namespace"), valueAt(asked, "metadata.name")),
      undefined,
    );
    return key === undefined ? [] : [[key, account] as const];
  });
  return new Map(named);
}

function keyOf(namespace: unknown, name: unknown): string {
  return JSON.stringify([namespace, name]);
}

function accountMounts(pod: Properties, props: Properties, accounts: Accounts, stack: CheckedStack): unknown {
  const name = pod.serviceAccountName ?? pod.serviceAccount;
  const account = accounts.get(keyOf(valueAt(props, "metadata.namespace"), name));
  return account === undefined ? undefined : stack.asked(account).automountServiceAccountToken;
}

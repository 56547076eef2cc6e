import type { PolicyResource } from "@pulumi/policy";
import { eksBenchmark } from "../benchmarks.ts";
import { listOf, valueAt } from "../property-path.ts";
import type { CheckedStack, Properties, StackRule } from "../rule.ts";
import { checkEach, ifKnown } from "../unknown-values.ts";
import { type Pod, podOf, podTypes } from "./pods.ts";

/** What Kubernetes gives where a volume says nothing. */
const LONGEST_SECONDS = 3600;

/**
 * The pod says so, or, where it is silent, its service account. What Kubernetes mounts by itself is taken for a year; a volume
 * that a pod has for its token ends when it says, so that a pod that asks the API does without the other.
 */
export const podForbidServiceAccountToken: StackRule = {
  name: "pod-forbid-service-account-token",
  description: "A pod gets a token of its service account only by a volume of its own, for an hour at most.",
  severity: "medium",
  framework: eksBenchmark("4.1.6"),
  remediationSteps:
    "Set automountServiceAccountToken of the pod, or of its service account, to false. A pod that asks Kubernetes' API gets a projected volume with serviceAccountToken, and expirationSeconds of 3600 or less.",
  checkStack(stack, report) {
    const accounts = accountsOf(stack);
    stack.each(stack.all(...podTypes), (workload) => {
      const props = stack.asked(workload);
      const pod = podOf({ type: workload.type, props });
      if (pod === undefined) return;
      const mounts = () =>
        pod.spec.automountServiceAccountToken ?? accountMounts(pod.spec, props, accounts, stack);
      const checkMounts = () => {
        if (mounts() !== false) report(`${pod.path}automountServiceAccountToken is not false`, workload);
      };
      const checkVolumes = () => checkTokenVolumes(pod, (problem) => report(problem, workload));
      checkEach([checkMounts, checkVolumes], (check) => check());
    });
  },
};

function checkTokenVolumes({ path, spec }: Pod, report: (problem: string) => void): void {
  checkEach(listOf(spec.volumes), ({ name, projected }) =>
    checkEach(listOf(projected?.sources), ({ serviceAccountToken }) => {
      const { expirationSeconds = LONGEST_SECONDS } = serviceAccountToken ?? {};
      if (expirationSeconds > LONGEST_SECONDS)
        report(`${path}volumes has ${name}, a token that lasts ${expirationSeconds} s`);
    }),
  );
}

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

import type { PolicyResource } from "@pulumi/policy";
import { eksBenchmark } from "../benchmarks.ts";
import { listOf } from "../property-path.ts";
import type { StackRule } from "../rule.ts";
import { someRelated } from "../stack/related.ts";

/** Namespaces of the stack; those that are there before it are somebody else's. */
export const namespaceRequireDefaultDeny: StackRule = {
  name: "namespace-require-default-deny",
  description: "No pod of a namespace is reached unless a network policy allows it.",
  severity: "medium",
  framework: eksBenchmark("4.3.2"),
  remediationSteps:
    "Add a NetworkPolicy with an empty podSelector, policyTypes [Ingress, Egress] and no rules.",
  checkStack(stack, report) {
    const policies = stack.all("kubernetes:networking.k8s.io/*:NetworkPolicy");
    const denies = (policy: PolicyResource) => {
      const { podSelector = {}, policyTypes, ingress } = stack.asked(policy).spec ?? {};
      const everyPod = Object.values(podSelector).every((part) => Object.keys(part as object).length === 0);
      return everyPod && listOf(policyTypes).includes("Ingress") && listOf(ingress).length === 0;
    };
    stack.each(stack.all("kubernetes:core/v1:Namespace"), (namespace) => {
      if (
        !someRelated(
          stack,
          policies,
          { path: "metadata.namespace", outputs: ["metadata.name"] },
          namespace,
          denies,
        )
      )
        report("no NetworkPolicy with an empty podSelector and without ingress is there for it", namespace);
    });
  },
};

import { listOf, valueAt } from "../property-path.ts";
import type { CheckedStack, Properties, StackRule } from "../rule.ts";

/** Several by a number, or by an autoscaler that may start several. */
export const workloadRequireDisruptionBudget: StackRule = {
  name: "workload-require-disruption-budget",
  description: "Of a workload with several replicas some stay when nodes are drained.",
  severity: "medium",
  remediationSteps: "Add a PodDisruptionBudget whose selector matches the pods' labels.",
  checkStack(stack, report) {
    stack.each(stack.all("kubernetes:apps/*:Deployment", "kubernetes:apps/*:StatefulSet"), (workload) => {
      const props = stack.asked(workload);
      if (!hasSeveral(props, stack)) return;
      const budgets = stack.all("kubernetes:policy/*:PodDisruptionBudget");
      if (!budgets.some((budget) => protects(stack.asked(budget), props)))
        report("no PodDisruptionBudget selects its pods", workload);
    });
  },
};

function hasSeveral(workload: Properties, stack: CheckedStack): boolean {
  if (workload.spec?.replicas > 1) return true;
  const name = valueAt(workload, "metadata.name");
  const scalers = stack.all(
    "kubernetes:keda.sh/*:ScaledObject",
    "kubernetes:autoscaling/*:HorizontalPodAutoscaler",
  );
  return scalers
    .map((scaler) => stack.asked(scaler))
    .some((scaler) => {
      const { scaleTargetRef, maxReplicas, maxReplicaCount = maxReplicas } = scaler.spec ?? {};
      return scaleTargetRef?.name === name && isInNamespaceOf(scaler, workload) && maxReplicaCount > 1;
    });
}

function protects(budget: Properties, workload: Properties): boolean {
  const labels = (valueAt(workload, "spec.template.metadata.labels") ?? {}) as Properties;
  const { matchLabels = {}, matchExpressions } = (valueAt(budget, "spec.selector") ?? {}) as Properties;
  return (
    isInNamespaceOf(budget, workload) &&
    listOf(matchExpressions).length === 0 &&
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value)
  );
}

function isInNamespaceOf(one: Properties, other: Properties): boolean {
  return valueAt(one, "metadata.namespace") === valueAt(other, "metadata.namespace");
}

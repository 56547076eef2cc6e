import type { ClusterParts } from "../../cloud.ts";

/** What reaches beyond the stack's namespace is the business of whoever has the cluster; the preflight asks for KEDA. */
export const parts: ClusterParts = {
  keda: { origin: "expected", serviceAccount: { namespace: "keda", name: "keda-operator" } },
  nodeAutoscaler: "expected",
  devicePlugin: "expected",
  gpuMetrics: "expected",
  podLogs: "expected",
  operators: "expected",
};

import type { ClusterParts } from "../../cloud.ts";

/** EKS brings a control plane and nodes; the autoscaler and the device plugin come from this folder. */
export const parts: ClusterParts = {
  keda: { origin: "needed", serviceAccount: { namespace: "keda", name: "keda-operator" } },
  nodeAutoscaler: "included",
  devicePlugin: "included",
  gpuMetrics: "needed",
  podLogs: "expected",
  operators: "needed",
};

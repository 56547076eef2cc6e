import type { ClusterParts } from "../../cloud.ts";

/** GKE brings autoscaler, device plugin, DCGM (`monitoringConfig`) and the logs of pods, and no KEDA. */
export const parts: ClusterParts = {
  keda: { origin: "needed", serviceAccount: { namespace: "keda", name: "keda-operator" } },
  nodeAutoscaler: "included",
  devicePlugin: "included",
  gpuMetrics: "included",
  podLogs: "included",
  operators: "needed",
};

import type { ClusterParts } from "../../cloud.ts";

/**
 * KEDA is an add-on of AKS, which runs in kube-system (https://learn.microsoft.com/azure/aks/keda-workload-identity);
 * each node pool scales by itself; the device plugin comes from this folder.
 */
export const parts: ClusterParts = {
  keda: { origin: "included", serviceAccount: { namespace: "kube-system", name: "keda-operator" } },
  nodeAutoscaler: "included",
  devicePlugin: "included",
  gpuMetrics: "needed",
  podLogs: "included",
  operators: "needed",
};

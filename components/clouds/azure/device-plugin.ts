import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet.js";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import type { Resource } from "@pulumi/pulumi";
import { denyConnections } from "../../kubernetes/deny-connections.ts";
import type { AzureCluster } from "./cluster.ts";
import type { AzureContext } from "./foundation.ts";
import { spotMark } from "./node-pools.ts";

/**
 * Version 0.17.0, which AKS's documentation installs (MicrosoftDocs/azure-aks-docs, articles/aks/gpu-multi-instance.md at
 * 04921f5f14a6783d2038303b37d25f760e786488), by the digest that kubernetes/minikube names for it
 * (pkg/minikube/assets/addons.go), read 2026-11-21.
 */
const image =
  "nvcr.io/nvidia/k8s-device-plugin:v0.17.0@sha256:7089559ce6153018806857f5049085bae15b3bf6f1c8bd19d8b12f707d087dea";

const name = "nvidia-device-plugin";
const sockets = "/var/lib/kubelet/device-plugins";

/**
 * What tells Kubernetes of a node's GPUs: AKS brings the driver, but not this. It runs on GPU nodes only and asks for
 * nothing that would keep one alive, so that pools reach zero.
 */
export function installDevicePlugin(
  { parent }: AzureContext,
  { provider, resource }: AzureCluster,
  dependsOn: Resource[],
): DaemonSet {
  const inCluster = { parent, provider, deletedWith: resource };
  const namespace = new Namespace(
    name,
    // It needs the kubelet's socket, a path of the host.
    { metadata: { name, labels: { "pod-security.kubernetes.io/enforce": "privileged" } } },
    { ...inCluster, dependsOn },
  );
  denyConnections({ name, ports: [], calls: false }, { ...inCluster, dependsOn: [namespace] });
  const serviceAccount = new ServiceAccount(
    name,
    { metadata: { name, namespace: name }, automountServiceAccountToken: false },
    { ...inCluster, dependsOn: [namespace] },
  );
  const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "skyloom" };
  return new DaemonSet(
    name,
    {
      metadata: { name, namespace: name, labels },
      spec: {
        selector: { matchLabels: labels },
        updateStrategy: { type: "RollingUpdate" },
        template: { metadata: { labels }, spec: podSpec() },
      },
    },
    { ...inCluster, dependsOn: [serviceAccount] },
  );
}

function podSpec() {
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    priorityClassName: "system-node-critical",
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: "skyloom.dev/accelerator", operator: "Exists" }] }],
        },
      },
    },
    tolerations: [
      { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" },
      { key: spotMark.key, operator: "Equal", value: spotMark.value, effect: spotMark.effect },
    ],
    securityContext: { seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name,
        image,
        // A partition counts as a GPU; a GPU without partitions counts as one.
        env: [
          { name: "MIG_STRATEGY", value: "single" },
          { name: "NVIDIA_MIG_MONITOR_DEVICES", value: "all" },
        ],
        resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "200m", memory: "256Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [{ name: "device-plugins", mountPath: sockets }],
      },
    ],
    volumes: [{ name: "device-plugins", hostPath: { path: sockets, type: "Directory" } }],
  };
}

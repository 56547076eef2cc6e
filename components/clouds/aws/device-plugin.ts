import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import type { Provider } from "@pulumi/kubernetes/provider.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import type { GpuPoolSettings } from "../../cloud.ts";
import { denyConnections } from "../../kubernetes/deny-connections.ts";

/**
 * NVIDIA's device plugin v0.20.0, index of all architectures. The digest as public logs of two clusters and a script that
 * pins it show it, read 2026-11-21; https://github.com/NVIDIA/k8s-device-plugin/releases/tag/v0.20.0.
 */
export const devicePluginImage =
  "nvcr.io/nvidia/k8s-device-plugin:v0.20.0@sha256:a61ba9fd8efb82f3a79f877f7580e02c1e8e7593f62473644bc9c79e315c3312";

const NAMESPACE = "device-plugin";
const USAGE = { cpu: "20m", memory: "64Mi" };

export interface DevicePluginSettings {
  provider: Provider;
  /** The objects go with it. */
  cluster: Resource;
  parent: Resource;
}

/**
 * Offers the GPUs of each pool to the cluster as nvidia.com/gpu. The AL2023 images do not bring the plugin
 * (https://docs.aws.amazon.com/eks/latest/userguide/ml-eks-k8s-device-plugin.html). One DaemonSet a pool: pools differ
 * in how a GPU is shared. A DaemonSet wakes no empty pool.
 */
export function createDevicePlugins(pools: GpuPoolSettings[], settings: DevicePluginSettings): Resource[] {
  if (pools.length === 0) return [];
  const { provider, cluster, parent } = settings;
  const options = { provider, deletedWith: cluster, parent };
  const namespace = new Namespace(
    "device-plugin",
    {
      metadata: {
        name: NAMESPACE,
        // The plugin talks to the kubelet through a folder of the node, which the other levels forbid.
        labels: { "pod-security.kubernetes.io/enforce": "privileged" },
      },
    },
    options,
  );
  denyConnections({ name: NAMESPACE, ports: [], calls: false }, { ...options, dependsOn: [namespace] });
  const account = new ServiceAccount(
    "device-plugin",
    { metadata: { name: NAMESPACE, namespace: NAMESPACE }, automountServiceAccountToken: false },
    { ...options, dependsOn: [namespace] },
  );
  return pools.map((pool) => createPlugin(pool, { ...options, dependsOn: [namespace, account] }));
}

function createPlugin(pool: GpuPoolSettings, options: CustomResourceOptions): DaemonSet {
  const name = `device-plugin-${pool.name}`;
  const configuration = new ConfigMap(
    name,
    { metadata: { name, namespace: NAMESPACE }, data: { "config.yaml": pluginConfiguration(pool) } },
    options,
  );
  const labels = { "app.kubernetes.io/name": "device-plugin", "app.kubernetes.io/instance": pool.name };
  return new DaemonSet(
    name,
    {
      metadata: { name, namespace: NAMESPACE, labels },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(pool, name) },
      },
    },
    { ...options, dependsOn: [configuration] },
  );
}

function podSpec(pool: GpuPoolSettings, configuration: string) {
  return {
    serviceAccountName: NAMESPACE,
    automountServiceAccountToken: false,
    priorityClassName: "system-node-critical",
    nodeSelector: { "skyloom.dev/pool": pool.name },
    tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
    securityContext: { seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "device-plugin",
        image: devicePluginImage,
        env: [{ name: "CONFIG_FILE", value: "/configuration/config.yaml" }],
        resources: { requests: USAGE, limits: USAGE },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [
          { name: "kubelet", mountPath: "/var/lib/kubelet/device-plugins" },
          { name: "configuration", mountPath: "/configuration", readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "kubelet", hostPath: { path: "/var/lib/kubelet/device-plugins" } },
      { name: "configuration", configMap: { name: configuration } },
    ],
  };
}

/** JSON is YAML. The format: https://github.com/NVIDIA/k8s-device-plugin#configuration-option-details. */
function pluginConfiguration({ sharing }: GpuPoolSettings): string {
  return JSON.stringify({
    version: "v1",
    ...(sharing.mode === "timeSlicing" && {
      sharing: { timeSlicing: { resources: [{ name: "nvidia.com/gpu", replicas: sharing.replicas }] } },
    }),
  });
}

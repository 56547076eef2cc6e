import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { Cloud, GpuNodes, GpuPoolSettings } from "../cloud.ts";
import { denyConnections } from "../kubernetes/deny-connections.ts";
import { gpuCounters } from "./monitoring/gpu-counters.ts";

/**
 * NVIDIA's DCGM exporter, index of all architectures; the digest as a public list of verified images has it, read
 * 2026-11-24; https://github.com/NVIDIA/dcgm-exporter/releases.
 */
export const gpuMetricsImage =
  "nvcr.io/nvidia/k8s/dcgm-exporter:4.5.3-4.8.2-distroless@sha256:e9030b4fca0c8f110032f3b151b030e7e9db56604b407cf79631e1a3218b35e0";

export const GPU_METRICS = { namespace: "gpu-metrics", name: "dcgm-exporter", port: 9400 };
const USAGE = { cpu: "50m", memory: "256Mi" };
const labels = { "app.kubernetes.io/name": GPU_METRICS.name, "app.kubernetes.io/part-of": "skyloom" };

/**
 * Measures the GPUs of every pool, where the cloud does not. It asks for no GPU, and a DaemonSet wakes no empty pool: pools
 * still reach zero.
 */
export function deployGpuMetrics(
  { cluster: { kubernetes }, parts }: Pick<Cloud, "cluster" | "parts">,
  gpuPools: GpuPoolSettings[],
): DaemonSet | undefined {
  if (kubernetes === undefined || parts?.gpuMetrics !== "needed" || gpuPools.length === 0) return undefined;
  const { namespace, name } = GPU_METRICS;
  const options = { ...kubernetes.options, dependsOn: kubernetes.dependsOn };
  const space = new Namespace(
    namespace,
    {
      metadata: {
        name: namespace,
        // It asks the kubelet which pod has which GPU, by a socket of the node.
        labels: { "pod-security.kubernetes.io/enforce": "privileged" },
      },
    },
    options,
  );
  const inside: CustomResourceOptions = { ...options, dependsOn: [space] };
  denyConnections({ name: namespace, ports: [GPU_METRICS.port], calls: false }, inside);
  const metadata = { name, namespace, labels };
  const account = new ServiceAccount(name, { metadata, automountServiceAccountToken: false }, inside);
  const counters = new ConfigMap(name, { metadata, data: { "counters.csv": gpuCounters() } }, inside);
  return new DaemonSet(
    name,
    {
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: podSpec(gpuPools.map((pool) => kubernetes.gpuNodes(pool.name))),
        },
      },
    },
    { ...inside, dependsOn: [account, counters] },
  );
}

function podSpec(pools: GpuNodes[]) {
  const { name, port } = GPU_METRICS;
  const probe = { httpGet: { path: "/health", port }, initialDelaySeconds: 45, timeoutSeconds: 5 };
  const tolerations = pools.flatMap((pool) => pool.tolerations);
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    priorityClassName: "system-node-critical",
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: pools.map(nodesOf) },
      },
    },
    tolerations: [...new Map(tolerations.map((one) => [JSON.stringify(one), one])).values()],
    // Root without any capability: the folder of the kubelet's socket is root's alone.
    securityContext: { runAsUser: 0, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name,
        image: gpuMetricsImage,
        env: [
          { name: "DCGM_EXPORTER_LISTEN", value: `:${port}` },
          { name: "DCGM_EXPORTER_KUBERNETES", value: "true" },
          { name: "DCGM_EXPORTER_COLLECTORS", value: "/etc/skyloom/counters.csv" },
          { name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
        ],
        ports: [{ name: "metrics", containerPort: port }],
        // As in the exporter's own chart: it takes a while until it has found the GPUs.
        readinessProbe: { ...probe, periodSeconds: 5 },
        livenessProbe: { ...probe, periodSeconds: 10, failureThreshold: 6 },
        resources: { requests: USAGE, limits: { memory: "512Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [
          { name: "pod-resources", mountPath: "/var/lib/kubelet/pod-resources", readOnly: true },
          { name: "counters", mountPath: "/etc/skyloom", readOnly: true },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    ],
    volumes: [
      { name: "pod-resources", hostPath: { path: "/var/lib/kubelet/pod-resources", type: "Directory" } },
      { name: "counters", configMap: { name } },
      { name: "tmp", emptyDir: {} },
    ],
  };
}

function nodesOf({ nodeSelector }: GpuNodes) {
  return {
    matchExpressions: Object.entries(nodeSelector).map(([key, value]) => ({
      key,
      operator: "In",
      values: [value],
    })),
  };
}

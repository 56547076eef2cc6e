import type { Resource } from "@pulumi/pulumi";
import type { Autoscaler, Cloud, GpuPoolSettings, KubernetesAccess, PartIdentity } from "../cloud.ts";
import { installChart } from "../kubernetes/install-chart.ts";

/** https://kedacore.github.io/charts; the charts have KEDA's own versions. */
const VERSION = "2.17.2";

/**
 * KEDA, which takes the workers of GPU pools from none to many: allowed to read the queue's depth, and installed where
 * the cloud does not bring it.
 * @returns undefined where nothing is scaled, or whoever has the cluster put KEDA there.
 */
export function deployAutoscaler(
  { cluster: { kubernetes }, parts, queue }: Pick<Cloud, "cluster" | "parts" | "queue">,
  gpuPools: GpuPoolSettings[],
): Autoscaler | undefined {
  if (kubernetes === undefined || parts === undefined) return undefined;
  const { origin, serviceAccount } = parts.keda;
  if (origin === "expected" || gpuPools.length === 0) return undefined;
  const identity = kubernetes.partIdentity("keda", serviceAccount);
  queue.grantDepth(identity);
  const installed = origin === "needed" ? [install(kubernetes, serviceAccount.namespace, identity)] : [];
  return { identity, dependsOn: [...identity.dependsOn, ...installed] };
}

function install(kubernetes: KubernetesAccess, namespace: string, identity: PartIdentity): Resource {
  return installChart(
    {
      chart: "keda",
      repository: "https://kedacore.github.io/charts",
      version: VERSION,
      namespace,
      // Of its metrics for Kubernetes, of its webhook, and its own metrics.
      ports: [6443, 9443, 8080],
      values: { serviceAccount: { operator: { annotations: identity.annotations } } },
    },
    { ...kubernetes.options, dependsOn: [...kubernetes.dependsOn, ...identity.dependsOn] },
  );
}

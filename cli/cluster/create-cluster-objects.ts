import { KubeConfig, KubernetesObjectApi } from "@kubernetes/client-node";
import { claimsInUse, volumesOfClaims, workloadsWithClaims } from "./claims.ts";
import type { ClusterObjects, HangingObject, Step } from "./hanging-objects.ts";
import { createObjectReader, type FoundObject, type ObjectReader } from "./object-reader.ts";

type Lister = (reader: ObjectReader) => Promise<HangingObject[]>;

const LISTERS: Record<Step, Lister[]> = {
  "load balancers and volumes": [
    all("gateway.networking.k8s.io/v1", "Gateway", "a load balancer"),
    all("networking.k8s.io/v1", "Ingress", "perhaps a load balancer"),
    all("v1", "Service", "a load balancer", ({ spec }) => spec?.type === "LoadBalancer"),
    all("snapshot.storage.k8s.io/v1", "VolumeSnapshot", "a snapshot"),
    // Its operator would make what holds its disk again.
    all("monitoring.coreos.com/v1", "Prometheus", "a disk"),
    workloadsWithClaims,
    claimsInUse,
    volumesOfClaims,
  ],
  nodes: [all("karpenter.sh/v1", "NodePool", "nodes"), all("karpenter.sh/v1", "NodeClaim", "a node")],
};

/**
 * @param kubeconfig its text.
 * @param namespace to see no other one; default: all.
 */
export function createClusterObjects(kubeconfig: string, namespace?: string): ClusterObjects {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const client = KubernetesObjectApi.makeApiClient(config);
  const reader = createObjectReader(client, namespace);
  return {
    async list(step) {
      return (await Promise.all(LISTERS[step].map((list) => list(reader)))).flat();
    },
    async remove({ apiVersion, kind, name, ...place }) {
      const metadata = { name, ...(place.namespace !== undefined && { namespace: place.namespace }) };
      await reader.remove({ apiVersion, kind, metadata });
    },
  };
}

function all(
  apiVersion: string,
  kind: string,
  owns: string,
  is: (object: FoundObject) => boolean = () => true,
): Lister {
  return async (reader) =>
    (await reader.list(apiVersion, kind)).filter(is).map((object) => reader.hanging(object, owns));
}

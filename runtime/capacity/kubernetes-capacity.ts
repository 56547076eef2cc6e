import type { CoreV1Api, V1Node, V1Pod, V1ResourceQuota } from "@kubernetes/client-node";
import { ApiError, errorMessage } from "../errors.ts";
import type { Capacity, CapacitySource } from "./capacity-source.ts";
import { clusterCapacity } from "./cluster-capacity.ts";
import type { NodePool } from "./node-pools.ts";

export interface KubernetesCapacityOptions {
  api: Pick<
    CoreV1Api,
    "listNode" | "listPodForAllNamespaces" | "listNamespacedPod" | "listNamespacedResourceQuota"
  >;
  /** Of the tasks' pods. */
  namespace: string;
  /** Those that the cluster brings when they are asked for. */
  pools: NodePool[];
  /** Labels of the tasks' own pods, whose requests are not somebody else's. */
  isOwn(pod: V1Pod): boolean;
}

/**
 * Reads nodes, quotas and what other pods ask for. Where the runtime may not see nodes it counts on the declared pools
 * and the quotas alone; where it may not see other namespaces, what is used there is not subtracted.
 */
export function createKubernetesCapacity(options: KubernetesCapacityOptions): CapacitySource {
  const { api, namespace, pools, isOwn } = options;

  async function pods(): Promise<V1Pod[]> {
    const all = await ifAllowed<V1Pod[]>(async () => (await api.listPodForAllNamespaces()).items);
    return all ?? (await ifAllowed(async () => (await api.listNamespacedPod({ namespace })).items)) ?? [];
  }

  return {
    async read(signal): Promise<Capacity> {
      try {
        const [nodes, running, quotas] = await Promise.all([
          ifAllowed<V1Node[]>(async () => (await api.listNode()).items),
          pods(),
          ifAllowed<V1ResourceQuota[]>(
            async () => (await api.listNamespacedResourceQuota({ namespace })).items,
          ),
        ]);
        signal?.throwIfAborted();
        return clusterCapacity({ nodes, pods: running, quotas: quotas ?? [], pools, isOwn });
      } catch (error) {
        signal?.throwIfAborted();
        throw new ApiError(`the cluster's capacity cannot be read: ${errorMessage(error)}`, {
          status: 503,
          code: "capacity-unavailable",
          cause: error,
        });
      }
    },
  };
}

/** Undefined where the cluster does not let us. */
async function ifAllowed<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    if ((error as { code?: unknown }).code === 403) return undefined;
    throw error;
  }
}

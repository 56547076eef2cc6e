import { getNodeGroup } from "@pulumi/aws/eks/getNodeGroup.js";
import { getNodeGroups } from "@pulumi/aws/eks/getNodeGroups.js";

/** The node label by which a pool is known. */
export const POOL_LABEL = "skyloom.dev/pool";

/** Nodes that the pools have now, by the pool's name; a pool that does not exist yet is missing. */
export type PoolSizes = ReadonlyMap<string, number>;

/**
 * Reads how many nodes each pool has, since EKS refuses a minimum above that number and a maximum below it.
 * @returns no sizes and a warning where they cannot be read.
 */
export async function readPoolSizes(clusterName: string): Promise<{ sizes: PoolSizes; warnings: string[] }> {
  try {
    const { names } = await getNodeGroups({ clusterName });
    const groups = await Promise.all(
      names.map((nodeGroupName) => getNodeGroup({ clusterName, nodeGroupName })),
    );
    return {
      sizes: new Map(
        groups.flatMap(({ labels, scalingConfigs: [scaling] }) => {
          const pool = labels[POOL_LABEL];
          return pool === undefined || scaling === undefined ? [] : [[pool, scaling.desiredSize]];
        }),
      ),
      warnings: [],
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // Before the first update there is no cluster.
    if (/ResourceNotFoundException|No cluster found/.test(reason)) return { sizes: new Map(), warnings: [] };
    return {
      sizes: new Map(),
      warnings: [
        `how many nodes the pools have could not be read (eks:ListNodegroups, eks:DescribeNodegroup): ${reason}. EKS refuses a minimum above that number and a maximum below it`,
      ],
    };
  }
}

export interface Scaling {
  minSize: number;
  maxSize: number;
  desiredSize: number;
}

/**
 * The scaling of a pool. The number of nodes is the autoscaler's, and ignored, as long as it lies within the limits;
 * where new limits leave it outside, the nearest one is asked for in the same update
 * (https://github.com/aws/containers-roadmap/issues/1637).
 */
export function poolScaling(
  { minimum, maximum }: { minimum: number; maximum: number },
  size: number | undefined,
): { scaling: Scaling; ignoreChanges: string[] } {
  const desiredSize = Math.min(Math.max(size ?? minimum, minimum), maximum);
  const isOurs = size !== undefined && size !== desiredSize;
  return {
    scaling: { minSize: minimum, maxSize: maximum, desiredSize },
    ignoreChanges: isOurs ? [] : ["scalingConfig.desiredSize"],
  };
}

/** Which pools have nodes that their maximum takes away; `key` says where a pool was set. */
export function shrinkWarnings(
  pools: readonly { key: string; name: string; maximum: number }[],
  sizes: PoolSizes,
): string[] {
  return pools.flatMap(({ key, name, maximum }) => {
    const size = sizes.get(name) ?? 0;
    return size > maximum
      ? [`${key}.maximum: pool ${name} has ${size} nodes; EKS drains and removes ${size - maximum} of them`]
      : [];
  });
}

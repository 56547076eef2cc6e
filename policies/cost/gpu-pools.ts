import type { PolicyResource } from "@pulumi/policy";
import type { CheckedStack } from "../rule.ts";
import { amazonPools } from "./gpu-pools-aws.ts";
import { azurePools } from "./gpu-pools-azure.ts";
import { googlePools } from "./gpu-pools-gcp.ts";

/** Nodes with accelerators that come and go together. */
export interface GpuPool {
  /** For messages: `pool l4`. */
  label: string;
  /** By its name in pricing/accelerators.ts, else by the machine type. */
  accelerator: string;
  /** Nodes; undefined where the program does not say. */
  minimum: number | undefined;
  maximum: number | undefined;
  spot: boolean;
  /** Bought for a time, used or not. */
  reserved: boolean;
}

const readers: Record<string, (resource: PolicyResource, stack: CheckedStack) => GpuPool[]> = {
  "aws:eks/nodeGroup:NodeGroup": amazonPools,
  "azure-native*:containerservice*:ManagedCluster": azurePools,
  "azure-native*:containerservice*:AgentPool": azurePools,
  "gcp:container/nodePool:NodePool": googlePools,
  "gcp:container/cluster:Cluster": googlePools,
};

/** Calls for each resource that makes nodes with accelerators. */
export function eachGpuPools(
  stack: CheckedStack,
  check: (pools: GpuPool[], resource: PolicyResource) => void,
): void {
  for (const [type, read] of Object.entries(readers))
    stack.each(stack.all(type), (resource) => {
      const pools = read(resource, stack);
      if (pools.length > 0) check(pools, resource);
    });
}

/** Calls for each pool. */
export function eachGpuPool(
  stack: CheckedStack,
  check: (pool: GpuPool, resource: PolicyResource) => void,
): void {
  eachGpuPools(stack, (pools, resource) => {
    for (const pool of pools) check(pool, resource);
  });
}

import type { PolicyResource } from "@pulumi/policy";
import { listOf } from "../property-path.ts";
import type { CheckedStack, Properties } from "../rule.ts";
import { acceleratorOf } from "./accelerators.ts";
import type { GpuPool } from "./gpu-pools.ts";

/** Pools stand in the cluster, or are resources of their own. */
export function azurePools(resource: PolicyResource, stack: CheckedStack): GpuPool[] {
  const asked = stack.asked(resource);
  if (!resource.type.endsWith(":ManagedCluster")) return poolOf(asked, `agent pool ${resource.name}`);
  return listOf(asked.agentPoolProfiles).flatMap((pool) => poolOf(pool, `agent pool ${pool.name}`));
}

function poolOf(pool: Properties, label: string): GpuPool[] {
  const accelerator = acceleratorOf(String(pool.vmSize));
  if (accelerator === undefined) return [];
  const { enableAutoScaling, count, minCount, maxCount } = pool;
  return [
    {
      label,
      accelerator,
      minimum: enableAutoScaling === true ? minCount : count,
      maximum: enableAutoScaling === true ? maxCount : count,
      spot: pool.scaleSetPriority === "Spot",
      reserved: Boolean(pool.capacityReservationGroupID),
    },
  ];
}

import type { Amounts } from "../../capacity/capacity-source.ts";

/** What a pool has, or has left. A member that is missing is not known: everything is granted. */
export interface PoolAmounts extends Amounts {
  /** Mbit/s. */
  network?: number;
}

/** What a task may use while it runs; what is absent it did not ask for. */
export interface Grant {
  /** Cores. */
  cpu?: number;
  /** Bytes. */
  memory?: number;
  gpu?: number;
  /** The accelerator of its GPUs. */
  gpuType?: string;
  /** Bytes. */
  storage?: number;
  /** Mbit/s. */
  network?: number;
}

/** The resources of a pool that are counted, but for GPUs, which are counted by accelerator. */
export const countedResources = ["cpu", "memory", "storage", "network"] as const;

/** `total` without what the grants hold; below 0 where there is less than there was. */
export function amountsLeft(total: PoolAmounts, grants: Grant[]): PoolAmounts {
  const left: PoolAmounts = { ...total, gpus: { ...total.gpus } };
  for (const grant of grants) {
    for (const resource of countedResources)
      if (left[resource] !== undefined) left[resource] -= grant[resource] ?? 0;
    if (grant.gpuType !== undefined && left.gpus[grant.gpuType] !== undefined)
      left.gpus[grant.gpuType] = (left.gpus[grant.gpuType] as number) - (grant.gpu ?? 0);
  }
  return left;
}

/** The largest part of any resource of the pool that the grants hold, 0 to 1: their dominant share. */
export function dominantShare(total: PoolAmounts, grants: Grant[]): number {
  const part = (held: number, all: number | undefined) => (all === undefined || all <= 0 ? 0 : held / all);
  const held = (resource: (typeof countedResources)[number] | "gpu") =>
    grants.reduce((sum, grant) => sum + (grant[resource] ?? 0), 0);
  const gpus = Object.values(total.gpus).reduce((sum, count) => sum + count, 0);
  return Math.max(
    part(held("gpu"), gpus),
    ...countedResources.map((resource) => part(held(resource), total[resource])),
  );
}

import type { PolicyResource } from "@pulumi/policy";
import type { StackRule } from "../rule.ts";
import { eachGpuPools, type GpuPool } from "./gpu-pools.ts";

export const gpuLimitNodes: StackRule = {
  name: "gpu-limit-nodes",
  description: "The GPU pools of a stack can have no more nodes than configured.",
  severity: "high",
  remediationSteps: "Lower the pools' maximum, or raise maximumGpuNodes for this stack.",
  settings: ["environment", "maximumGpuNodes"],
  checkStack(stack, report) {
    const found: { pool: GpuPool; resource: PolicyResource }[] = [];
    eachGpuPools(stack, (pools, resource) => found.push(...pools.map((pool) => ({ pool, resource }))));
    for (const { pool, resource } of found)
      if (pool.maximum === undefined) report(`${pool.label} has no maximum`, resource);
    const limit = stack.settings.maximumGpuNodes;
    const total = found.reduce((sum, { pool }) => sum + (pool.maximum ?? 0), 0);
    if (total <= limit) return;
    const parts = found.map(({ pool }) => `${pool.label} ${pool.maximum}`).join(", ");
    for (const resource of new Set(found.map((each) => each.resource)))
      report(`${total} nodes with GPUs are possible, allowed are ${limit}: ${parts}`, resource);
  },
};

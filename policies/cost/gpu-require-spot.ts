import type { StackRule } from "../rule.ts";
import { eachGpuPool } from "./gpu-pools.ts";

export const gpuRequireSpot: StackRule = {
  name: "gpu-require-spot",
  description: "In development nodes with GPUs are spot machines.",
  severity: "low",
  remediationSteps:
    "Set spot of the pool: capacityType SPOT, scaleSetPriority Spot, or nodeConfig.spot true.",
  settings: ["environment"],
  checkStack(stack, report) {
    if (stack.settings.environment !== "development") return;
    eachGpuPool(stack, ({ label, spot }, resource) => {
      if (!spot) report(`${label} is not of spot machines`, resource);
    });
  },
};

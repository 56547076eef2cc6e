import { shown } from "../property-path.ts";
import type { StackRule } from "../rule.ts";
import { eachGpuPool } from "./gpu-pools.ts";

export const gpuRequireScaleToZero: StackRule = {
  name: "gpu-require-scale-to-zero",
  description: "Outside production a GPU pool that nobody uses has no nodes.",
  severity: "medium",
  remediationSteps: "Let the pool scale by itself, with a minimum of 0.",
  settings: ["environment"],
  checkStack(stack, report) {
    if (stack.settings.environment === "production") return;
    eachGpuPool(stack, ({ label, minimum }, resource) => {
      if (minimum !== 0) report(`the minimum of ${label} is ${shown(minimum)}: set it to 0`, resource);
    });
  },
};

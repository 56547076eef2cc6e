import type { StackRule } from "../rule.ts";
import { eachGpuPool } from "./gpu-pools.ts";

export const gpuRestrictAccelerators: StackRule = {
  name: "gpu-restrict-accelerators",
  description: "Accelerators are of the kinds that are allowed where the stack is used.",
  severity: "high",
  remediationSteps: "Take an accelerator that is allowed, or add this one to allowedAccelerators.",
  settings: ["environment", "allowedAccelerators"],
  checkStack(stack, report) {
    const allowed = stack.settings.allowedAccelerators;
    if (allowed === undefined) return;
    eachGpuPool(stack, ({ label, accelerator }, resource) => {
      if (!allowed.includes(accelerator))
        report(`${label} has ${accelerator}, allowed are ${allowed.join(", ")}`, resource);
    });
  },
};

import type { StackRule } from "../rule.ts";
import { eachGpuPool } from "./gpu-pools.ts";

export const gpuForbidReservations: StackRule = {
  name: "gpu-forbid-reservations",
  description: "Outside production no machines with GPUs are reserved.",
  severity: "medium",
  remediationSteps: "Remove the capacity reservation from the pool.",
  settings: ["environment"],
  checkStack(stack, report) {
    if (stack.settings.environment === "production") return;
    eachGpuPool(stack, ({ label, reserved }, resource) => {
      if (reserved) report(`${label} uses a capacity reservation`, resource);
    });
  },
};

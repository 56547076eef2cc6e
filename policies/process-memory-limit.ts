import type { ResourceValidationPolicy } from "@pulumi/policy";
import { processType } from "./local-types.ts";

/** Without a limit one process can take the memory of all others, and of the machine. */
export const processMemoryLimit: ResourceValidationPolicy = {
  name: "process-memory-limit",
  description: "A process has a memory limit.",
  enforcementLevel: "mandatory",
  severity: "medium",
  remediationSteps: "Set limits.memoryBytes to a number of bytes above zero.",
  validateResource({ type, props }, reportViolation) {
    if (type !== processType) return;
    const memoryBytes: unknown = props.limits?.memoryBytes;
    if (typeof memoryBytes === "number" && memoryBytes > 0) return;
    reportViolation(
      `limits.memoryBytes is ${memoryBytes === undefined ? "missing" : JSON.stringify(memoryBytes)}: ` +
        "set it to a number of bytes above zero",
    );
  },
};

import { shown } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { processType } from "./process-type.ts";

/** Without a limit one process can take the memory of all others, and of the machine. */
export const processRequireMemoryLimit: ResourceRule = {
  name: "process-require-memory-limit",
  description: "A process has a memory limit.",
  severity: "medium",
  remediationSteps: "Set limits.memoryBytes to a number of bytes above zero.",
  types: [processType],
  check({ props }, report) {
    const memoryBytes: unknown = props.limits?.memoryBytes;
    if (typeof memoryBytes === "number" && memoryBytes > 0) return;
    report(`limits.memoryBytes is ${shown(memoryBytes)}: set it to a number of bytes above zero`);
  },
};

import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { monthlyCost } from "./cost/monthly-cost.ts";
import { monthlyCostKnown } from "./cost/monthly-cost-known.ts";
import { processEnvironmentSecrets } from "./process-environment-secrets.ts";
import { processMemoryLimit } from "./process-memory-limit.ts";
import { processTokenOffLoopback } from "./process-token-off-loopback.ts";

/** Every rule of the pack. */
export const policies: (ResourceValidationPolicy | StackValidationPolicy)[] = [
  processTokenOffLoopback,
  processMemoryLimit,
  processEnvironmentSecrets,
  monthlyCost,
  monthlyCostKnown,
];

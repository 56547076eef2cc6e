import type { ResourceValidationPolicy } from "@pulumi/policy";
import { processEnvironmentSecrets } from "./process-environment-secrets.ts";
import { processMemoryLimit } from "./process-memory-limit.ts";
import { processTokenOffLoopback } from "./process-token-off-loopback.ts";

/** Every rule of the pack. */
export const policies: ResourceValidationPolicy[] = [
  processTokenOffLoopback,
  processMemoryLimit,
  processEnvironmentSecrets,
];

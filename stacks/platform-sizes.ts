import type { Environment } from "../components/cloud-settings.ts";

/** How much of the platform runs where workloads have replicas. */
export interface PlatformSizes {
  /** Replicas of the runtime that answer requests. */
  runtimeReplicas: number;
  /** Nodes of the workflow engine: 1, or 3 to go on while one is gone. */
  workflowNodes: 1 | 3;
  /** GiB of each of them. */
  workflowStorageGib: number;
  /** vCPUs that a node must have free for each replica; each may use more where there is more. */
  cpuRequest: number;
}

const defaults = {
  development: { runtimeReplicas: 1, workflowNodes: 1, workflowStorageGib: 10, cpuRequest: 0.1 },
  staging: { runtimeReplicas: 2, workflowNodes: 3, workflowStorageGib: 20, cpuRequest: 0.25 },
  production: { runtimeReplicas: 3, workflowNodes: 3, workflowStorageGib: 50, cpuRequest: 0.5 },
} satisfies Record<Environment, PlatformSizes>;

/** The configured sizes, and by the environment those that are not. */
export function platformSizes({
  environment,
  ...configured
}: { environment: Environment } & {
  [Name in keyof PlatformSizes]?: PlatformSizes[Name] | undefined;
}): PlatformSizes {
  const usual = defaults[environment];
  return {
    runtimeReplicas: configured.runtimeReplicas ?? usual.runtimeReplicas,
    workflowNodes: configured.workflowNodes ?? usual.workflowNodes,
    workflowStorageGib: configured.workflowStorageGib ?? usual.workflowStorageGib,
    cpuRequest: configured.cpuRequest ?? usual.cpuRequest,
  };
}

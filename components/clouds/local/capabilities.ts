import type { Capabilities } from "../../cloud.ts";

/** Why there are no node pools to ask for. */
export const noGpuPools = "this machine has the accelerators that it has; nothing can be added";

const not = (reason: string) => ({ supported: false, reason }) as const;

/** What this machine cannot do as a cloud, and why. */
export const capabilities: Capabilities = {
  foundation: { supported: true },
  registry: not("workloads run from the project's folder"),
  workloadIdentity: not("processes of one user on one machine share that user's files"),
  gpuPools: not(noGpuPools),
  budget: not("nothing on this machine is billed"),
  privateNetwork: not("everything listens on loopback"),
  replicas: not("one process of each workload uses the whole machine"),
  quotas: not("nobody limits this machine but its own size"),
};

import type { Capabilities } from "../../cloud.ts";

/** AWS does all that the port asks for; of the ways to share a GPU it lacks MIG (gpu-sharing.ts). */
export const capabilities: Capabilities = {
  foundation: { supported: true },
  registry: { supported: true },
  workloadIdentity: { supported: true },
  gpuPools: { supported: true },
  budget: { supported: true },
  privateNetwork: { supported: true },
  quotas: { supported: true },
  replicas: { supported: true },
};

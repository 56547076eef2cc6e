import type { Capabilities } from "../../cloud.ts";

/** Google Cloud does all that the port asks for. */
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

import type { Capabilities } from "../../cloud.ts";

/** Why a pool whose accelerator is not described cannot be had. */
export const noGpuPools =
  "the cluster has the nodes that it has; skyloom:existing.accelerators says how those with an accelerator are labelled";

const not = (reason: string) => ({ supported: false, reason }) as const;

/** What a cluster that is there cannot do as a cloud, and why. */
export const capabilities: Capabilities = {
  foundation: not(
    "the cluster, the bucket and the queue were there before; the stack is in one namespace of it",
  ),
  registry: { supported: true },
  workloadIdentity: not("the bucket and the queue know keys only; they are mounted as a file"),
  gpuPools: not(noGpuPools),
  budget: not("what a cluster of one's own costs is known to its owner alone"),
  privateNetwork: not("the network is the cluster's own and was there before"),
  quotas: not("the nodes that are there are the limit; a namespace's own quota is told when it is hit"),
  replicas: { supported: true },
};

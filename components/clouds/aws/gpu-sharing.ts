import type { GpuSharing } from "../../cloud.ts";

/** Why a GPU cannot be shared in that way on EKS, or undefined. */
export function sharingProblem(sharing: GpuSharing): string | undefined {
  if (sharing.mode === "mig")
    return 'mode "mig" is not supported on aws: EKS does not partition GPUs, and the parts that would (GPU operator with its MIG manager) need a privileged pod on each node; use timeSlicing or none, or gcp or azure for mig';
  if (sharing.mode === "timeSlicing" && !(Number.isInteger(sharing.replicas) && sharing.replicas >= 2))
    return `replicas must be a whole number from 2, not ${sharing.replicas}`;
  return undefined;
}

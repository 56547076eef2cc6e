import type { GpuSharing } from "../../cloud.ts";

/** Containers that one GPU may be shared by (https://cloud.google.com/kubernetes-engine/docs/concepts/timesharing-gpus). */
const replicas = { minimum: 2, maximum: 48 };

/**
 * Partitions that GKE makes of each accelerator: https://cloud.google.com/kubernetes-engine/docs/how-to/gpus-multi for
 * which accelerators, https://docs.nvidia.com/datacenter/tesla/mig-user-guide/ for the sizes.
 */
const partitions: Record<string, string[]> = {
  "a100-40": ["1g.5gb", "2g.10gb", "3g.20gb", "7g.40gb"],
  "a100-80": ["1g.10gb", "2g.20gb", "3g.40gb", "7g.80gb"],
  h100: ["1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "7g.80gb"],
  "h100-mega": ["1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "7g.80gb"],
  h200: ["1g.18gb", "1g.35gb", "2g.35gb", "3g.71gb", "7g.141gb"],
  b200: ["1g.23gb", "1g.45gb", "2g.45gb", "3g.90gb", "7g.180gb"],
};

/** Why GKE cannot share that accelerator in that way, or undefined. */
export function sharingProblem(accelerator: string, sharing: GpuSharing): string | undefined {
  if (sharing.mode === "timeSlicing") {
    const { minimum, maximum } = replicas;
    const fits =
      Number.isInteger(sharing.replicas) && sharing.replicas >= minimum && sharing.replicas <= maximum;
    return fits
      ? undefined
      : `replicas must be a whole number from ${minimum} to ${maximum}, not ${sharing.replicas}`;
  }
  if (sharing.mode === "none") return undefined;
  const sizes = partitions[accelerator];
  if (sizes === undefined)
    return `${accelerator} cannot be partitioned; these can: ${Object.keys(partitions).join(", ")}. Time slicing works with all`;
  return sizes.includes(sharing.profile)
    ? undefined
    : `profile "${sharing.profile}" is none of ${accelerator}; it has ${sizes.join(", ")}`;
}

/** The part of a node pool's accelerator settings that shares it. */
export function sharingInputs(sharing: GpuSharing) {
  switch (sharing.mode) {
    case "none":
      return {};
    case "timeSlicing":
      return {
        gpuSharingConfig: { gpuSharingStrategy: "TIME_SHARING", maxSharedClientsPerGpu: sharing.replicas },
      };
    case "mig":
      return { gpuPartitionSize: sharing.profile };
  }
}

import type { GpuSharing } from "../../cloud.ts";

/**
 * Partitions of one GPU by the size's series, as NVIDIA names them, smallest first; AKS takes the part before the point.
 * Sources: MicrosoftDocs/azure-aks-docs, articles/aks/gpu-multi-instance.md at 04921f5f14a6783d2038303b37d25f760e786488
 * (series A100, H100, H200; the five profiles) and https://docs.nvidia.com/datacenter/tesla/mig-user-guide (their
 * memory), read 2026-11-21.
 */
const partitions: { series: RegExp; profiles: string[] }[] = [
  { series: /^Standard_ND\d+asr_v4$/, profiles: ["1g.5gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb"] },
  {
    series: /^Standard_N[CD]\d+\w*_A100_v4$/,
    profiles: ["1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"],
  },
  {
    series: /^Standard_NC\d+\w*_H100_v5$/,
    profiles: ["1g.12gb", "2g.24gb", "3g.47gb", "4g.47gb", "7g.94gb"],
  },
  {
    series: /^Standard_ND\d+\w*_H100_v5$/,
    profiles: ["1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"],
  },
  {
    series: /^Standard_ND\d+\w*_H200_v5$/,
    profiles: ["1g.18gb", "2g.35gb", "3g.71gb", "4g.71gb", "7g.141gb"],
  },
];

/** Why the GPUs of this size cannot be shared so, or undefined. */
export function sharingProblem(sharing: GpuSharing, machineType: string): string | undefined {
  switch (sharing.mode) {
    case "none":
      return undefined;
    case "timeSlicing":
      return "AKS has no setting for time slicing; allowed are none and, on A100, H100 and H200, mig";
    case "mig": {
      const profiles = partitions.find(({ series }) => series.test(machineType))?.profiles;
      if (profiles === undefined)
        return `the GPUs of ${machineType} have no partitions; those of A100, H100 and H200 do`;
      if (profiles.includes(sharing.profile)) return undefined;
      return `partition "${sharing.profile}" is not one of ${machineType}; allowed are ${profiles.join(", ")}`;
    }
  }
}

/** What AKS calls the partition: `1g.10gb` is `MIG1g`. */
export function gpuInstanceProfile(sharing: GpuSharing): string | undefined {
  return sharing.mode === "mig" ? `MIG${sharing.profile.split(".")[0]}` : undefined;
}

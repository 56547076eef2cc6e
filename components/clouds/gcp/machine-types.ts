import { findAccelerator } from "../../../pricing/accelerators.ts";
import type { MachineTypeChoice, Refusal } from "../../../pricing/machine-types.ts";
import type { GeneralPoolSettings, GpuPoolSettings } from "../../cloud.ts";
import * as machines from "../../preflight/choose-machine.ts";

/** What GKE's own pods and a driver leave room for a workload on; a T4 can be attached to far smaller machines. */
const smallestGpuMachine = { minimumVcpus: 4, minimumMemoryGib: 15 };

export function chooseGeneralMachine(region: string, pool: GeneralPoolSettings): MachineTypeChoice | Refusal {
  return machines.chooseGeneralMachine({ cloud: "gcp", region }, pool);
}

export function chooseGpuMachine(region: string, pool: GpuPoolSettings): MachineTypeChoice | Refusal {
  return machines.chooseGpuMachine({ cloud: "gcp", region }, pool, smallestGpuMachine);
}

/** Google's name of the accelerator, e.g. `nvidia-l4`. */
export function acceleratorType(accelerator: string): string {
  const type = findAccelerator(accelerator)?.cloudNames.gcp;
  if (type === undefined) throw new Error(`Google Cloud has no name for accelerator ${accelerator}`);
  return type;
}

/**
 * Disks that the machine can start from: A3 Ultra and A4 take Hyperdisk only
 * (https://cloud.google.com/compute/docs/disks/hyperdisks#limits-disk).
 */
export function bootDiskType(machineType: string): string {
  return /^(a3-ultragpu|a4)-/.test(machineType) ? "hyperdisk-balanced" : "pd-balanced";
}

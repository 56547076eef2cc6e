import {
  cheapestMachineType,
  findMachineType,
  type MachineTypeChoice,
  type Refusal,
} from "../../../pricing/machine-types.ts";
import type { GeneralPoolSettings, GpuPoolSettings } from "../../cloud.ts";

export function chooseGeneralMachine(region: string, pool: GeneralPoolSettings): MachineTypeChoice | Refusal {
  const query = { cloud: "aws", region } as const;
  return pool.machineType === undefined
    ? cheapestMachineType({ ...query, minimumVcpus: 4, minimumMemoryGib: 16 })
    : findMachineType({ ...query, machineType: pool.machineType });
}

export function chooseGpuMachine(region: string, pool: GpuPoolSettings): MachineTypeChoice | Refusal {
  const query = {
    cloud: "aws",
    region,
    accelerator: pool.accelerator,
    acceleratorCount: pool.count,
    spot: pool.spot,
  } as const;
  return pool.machineType === undefined
    ? cheapestMachineType(query)
    : findMachineType({ ...query, machineType: pool.machineType });
}

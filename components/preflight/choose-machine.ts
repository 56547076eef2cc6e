import {
  cheapestMachineType,
  findMachineType,
  type MachineTypeChoice,
  type PricedCloud,
  type Refusal,
} from "../../pricing/machine-types.ts";
import type { GeneralPoolSettings, GpuPoolSettings } from "../cloud.ts";

/** Where a machine is looked for. */
export interface MachineMarket {
  cloud: PricedCloud;
  region: string;
}

const generalMachine = { minimumVcpus: 4, minimumMemoryGib: 16 };

/** The named machine type, or the cheapest with 4 vCPUs and 16 GiB. */
export function chooseGeneralMachine(
  market: MachineMarket,
  { machineType }: Pick<GeneralPoolSettings, "machineType">,
): MachineTypeChoice | Refusal {
  return machineType === undefined
    ? cheapestMachineType({ ...market, ...generalMachine })
    : findMachineType({ ...market, machineType });
}

/** The named machine type, or the cheapest that has the accelerators and at least what is asked for beside them. */
export function chooseGpuMachine(
  market: MachineMarket,
  { accelerator, count, spot, machineType }: GpuPoolSettings,
  atLeast: { minimumVcpus?: number; minimumMemoryGib?: number } = {},
): MachineTypeChoice | Refusal {
  const query = { ...market, accelerator, acceleratorCount: count, spot };
  return machineType === undefined
    ? cheapestMachineType({ ...query, ...atLeast })
    : findMachineType({ ...query, machineType });
}

import type { MachineTypeChoice, Refusal } from "../../../pricing/machine-types.ts";
import type { GeneralPoolSettings, GpuPoolSettings } from "../../cloud.ts";
import * as machines from "../../preflight/choose-machine.ts";

/** What AKS's own pods and a driver leave room for a workload on. */
const smallestGpuMachine = { minimumVcpus: 4, minimumMemoryGib: 16 };

/** The size of the machines of a pool without accelerators, or why there is none. */
export function chooseGeneralMachine(
  region: string,
  pool: Pick<GeneralPoolSettings, "machineType">,
): MachineTypeChoice | Refusal {
  return machines.chooseGeneralMachine({ cloud: "azure", region }, pool);
}

/** The size of the machines of a pool with accelerators, or why there is none. */
export function chooseGpuMachine(region: string, pool: GpuPoolSettings): MachineTypeChoice | Refusal {
  return machines.chooseGpuMachine({ cloud: "azure", region }, pool, smallestGpuMachine);
}

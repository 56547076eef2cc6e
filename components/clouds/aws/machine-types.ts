import type { MachineTypeChoice, Refusal } from "../../../pricing/machine-types.ts";
import type { GeneralPoolSettings, GpuPoolSettings } from "../../cloud.ts";
import * as machines from "../../preflight/choose-machine.ts";

export function chooseGeneralMachine(region: string, pool: GeneralPoolSettings): MachineTypeChoice | Refusal {
  return machines.chooseGeneralMachine({ cloud: "aws", region }, pool);
}

export function chooseGpuMachine(region: string, pool: GpuPoolSettings): MachineTypeChoice | Refusal {
  return machines.chooseGpuMachine({ cloud: "aws", region }, pool);
}

import {
  cheapestMachineType,
  findMachineType,
  type MachineTypeChoice,
  type Refusal,
  refusalMessage,
} from "../../../pricing/machine-types.ts";
import type { GeneralPoolSettings, GpuPoolSettings } from "../../cloud.ts";

type Choice = { machine: MachineTypeChoice } | { problem: string };

const atLeast = { minimumVcpus: 4, minimumMemoryGib: 16 };

/** The size of the machines of a pool with accelerators, or why there is none; `key` says where it was asked for. */
export function chooseGpuMachine(region: string, pool: GpuPoolSettings, key: string): Choice {
  const { accelerator, count: acceleratorCount, machineType, spot } = pool;
  const query = { cloud: "azure", region, accelerator, acceleratorCount, spot } as const;
  return machineType === undefined
    ? toChoice(cheapestMachineType(query), `${key}.accelerator`)
    : toChoice(findMachineType({ ...query, machineType }), `${key}.machineType`);
}

/** The size of the machines of the general pool, or why there is none. */
export function chooseGeneralMachine(
  region: string,
  { machineType }: Pick<GeneralPoolSettings, "machineType">,
): Choice {
  return machineType === undefined
    ? toChoice(cheapestMachineType({ cloud: "azure", region, ...atLeast }), "skyloom:generalPool")
    : toChoice(findMachineType({ cloud: "azure", region, machineType }), "skyloom:generalPool.machineType");
}

function toChoice(answer: MachineTypeChoice | Refusal, key: string): Choice {
  return answer.kind === "choice" ? { machine: answer } : { problem: `${key}: ${refusalMessage(answer)}` };
}

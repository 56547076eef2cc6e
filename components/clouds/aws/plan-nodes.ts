import { type MachineTypeChoice, type Refusal, refusalMessage } from "../../../pricing/machine-types.ts";
import type { GpuPoolSettings } from "../../cloud.ts";
import type { CloudSettings } from "../../cloud-settings.ts";
import { poolRangeProblems } from "../../preflight/pool-ranges.ts";
import { refusedSetting } from "../../preflight/refused-setting.ts";
import { sharingProblem } from "./gpu-sharing.ts";
import { chooseGeneralMachine, chooseGpuMachine } from "./machine-types.ts";

/**
 * Nodes of one managed node group (https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html), and GiB of
 * the largest gp3 volume there has always been.
 */
const POOL_LIMITS = { nodes: 450, diskGib: 16_384 };

/** A GPU pool with the machine that was chosen for it. */
export interface PlannedPool {
  settings: GpuPoolSettings;
  machine: MachineTypeChoice;
}

export interface NodePlan {
  /** Undefined only where a problem says why. */
  generalMachine: MachineTypeChoice | undefined;
  /** Those of which nothing is wrong with the machine. */
  gpuPools: PlannedPool[];
  problems: string[];
}

/** Chooses the machines of all pools in a region of the price table, and names all that is wrong with the pools. */
export function planNodes({ generalPool, gpuPools }: CloudSettings, region: string): NodePlan {
  const general = chooseGeneralMachine(region, generalPool);
  const machines = gpuPools.map((pool) => chooseGpuMachine(region, pool));
  return {
    generalMachine: general.kind === "choice" ? general : undefined,
    gpuPools: gpuPools.flatMap((settings, index) => {
      const machine = machines[index];
      return machine?.kind === "choice" ? [{ settings, machine }] : [];
    }),
    problems: [
      ...generalMachineProblems(general, generalPool.machineType),
      ...poolRangeProblems("skyloom:generalPool", generalPool, POOL_LIMITS),
      ...gpuPools.flatMap((pool, index) => gpuPoolProblems(pool, machines[index], gpuPools, index)),
    ],
  };
}

function generalMachineProblems(general: MachineTypeChoice | Refusal, asked: string | undefined): string[] {
  const key = "skyloom:generalPool.machineType";
  if (general.kind === "refusal") return [`${key}: ${refusalMessage(general)}`];
  return asked !== undefined && general.acceleratorCount > 0
    ? [`${key}: ${general.machineType} has accelerators; nodes with accelerators are skyloom:gpuPools`]
    : [];
}

function gpuPoolProblems(
  pool: GpuPoolSettings,
  machine: MachineTypeChoice | Refusal | undefined,
  pools: GpuPoolSettings[],
  index: number,
): string[] {
  const key = `skyloom:gpuPools[${index}]`;
  const sharing = sharingProblem(pool.sharing);
  const taken = pool.name === "general" || pools.findIndex(({ name }) => name === pool.name) < index;
  return [
    ...(/^[a-z][a-z0-9]{0,11}$/.test(pool.name)
      ? []
      : [
          `${key}.name: must be at most 12 lower-case letters and digits, beginning with a letter, not "${pool.name}"`,
        ]),
    ...(taken ? [`${key}.name: "${pool.name}" is taken by another pool`] : []),
    ...(machine?.kind === "refusal" ? [`${key}.${refusedSetting(machine)}: ${refusalMessage(machine)}`] : []),
    ...(sharing === undefined ? [] : [`${key}.sharing: ${sharing}`]),
    ...poolRangeProblems(key, pool, POOL_LIMITS),
  ];
}

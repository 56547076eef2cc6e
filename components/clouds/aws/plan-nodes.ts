import { type MachineTypeChoice, type Refusal, refusalMessage } from "../../../pricing/machine-types.ts";
import type { GpuPoolSettings } from "../../cloud.ts";
import type { CloudSettings } from "../../cloud-settings.ts";
import { sharingProblem } from "./gpu-sharing.ts";
import { chooseGeneralMachine, chooseGpuMachine } from "./machine-types.ts";

/** Nodes of one managed node group (https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html). */
const MAXIMUM_NODES = 450;

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
      ...rangeProblems("skyloom:generalPool", generalPool),
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
    ...(machine?.kind === "refusal" ? [`${key}.${settingOf(machine)}: ${refusalMessage(machine)}`] : []),
    ...(sharing === undefined ? [] : [`${key}.sharing: ${sharing}`]),
    ...rangeProblems(key, pool),
  ];
}

function settingOf({ reason }: Refusal): keyof GpuPoolSettings {
  switch (reason) {
    case "no-such-accelerator-count":
      return "count";
    case "machine-type-not-in-table":
    case "machine-type-not-in-region":
    case "machine-type-without-accelerator":
    case "no-machine-large-enough":
      return "machineType";
    default:
      return "accelerator";
  }
}

function rangeProblems(
  key: string,
  { minimum, maximum, diskGib }: { minimum: number; maximum: number; diskGib: number },
): string[] {
  const whole = (name: string, value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most
      ? []
      : [`${key}.${name}: must be a whole number from ${least} to ${most}, not ${value}`];
  return [
    ...whole("maximum", maximum, 1, MAXIMUM_NODES),
    ...whole("minimum", minimum, 0, Math.max(Math.min(maximum, MAXIMUM_NODES), 1)),
    // The largest gp3 volume there has always been.
    ...whole("diskGib", diskGib, 30, 16_384),
  ];
}

import type { MachineTypeChoice } from "../../../pricing/machine-types.ts";
import type { GeneralPoolSettings, GpuPoolSettings } from "../../cloud.ts";
import type { CloudSettings, Environment } from "../../cloud-settings.ts";
import { sharingProblem } from "./machine-features.ts";
import { chooseGeneralMachine, chooseGpuMachine } from "./machine-types.ts";

/** A pool with the machines chosen for it. */
export interface PlannedGpuPool extends GpuPoolSettings {
  machine: MachineTypeChoice;
}

export interface NodePlan {
  /** Runs the cluster's own parts; Azure cannot change it later, so nothing of it is configurable. */
  system: { machine: MachineTypeChoice; minimum: number; maximum: number };
  general: GeneralPoolSettings & { machine: MachineTypeChoice };
  gpu: PlannedGpuPool[];
}

/** Nodes of one pool (https://learn.microsoft.com/azure/aks/quotas-skus-regions). */
const MAXIMUM_NODES = 1000;
/** GiB of an operating system's disk, as AgentPool's osDiskSizeGB allows; 2048 is Azure's limit for these disks. */
const DISK = { minimum: 30, maximum: 2048 };
const reserved = ["system", "general"];

/** Chooses the machines of every pool of the region; otherwise tells everything that is wrong with the pools. */
export function planNodes(
  settings: CloudSettings,
  region: string,
): { plan: NodePlan } | { problems: string[] } {
  const { generalPool } = settings;
  const problems = [
    ...sizeProblems(generalPool, "skyloom:generalPool"),
    ...settings.gpuPools.flatMap((pool, index) => poolProblems(pool, `skyloom:gpuPools[${index}]`)),
    ...duplicateNames(settings.gpuPools),
  ];
  const system = chooseGeneralMachine(region, {});
  const general = chooseGeneralMachine(region, generalPool);
  if ("problem" in system) problems.push(system.problem);
  if ("problem" in general && generalPool.machineType !== undefined) problems.push(general.problem);
  const gpu = settings.gpuPools.flatMap((pool, index): PlannedGpuPool[] => {
    const key = `skyloom:gpuPools[${index}]`;
    const choice = chooseGpuMachine(region, pool, key);
    if ("problem" in choice) {
      problems.push(choice.problem);
      return [];
    }
    const sharing = sharingProblem(pool.sharing, choice.machine.machineType);
    if (sharing !== undefined) problems.push(`${key}.sharing: ${sharing}`);
    return [{ ...pool, machine: choice.machine }];
  });
  if (problems.length > 0 || "problem" in system || "problem" in general) return { problems };
  return {
    plan: {
      system: { machine: system.machine, ...systemSize(settings.environment) },
      general: { ...generalPool, machine: general.machine },
      gpu,
    },
  };
}

/** Two nodes are the fewest that survive the loss of one. */
function systemSize(environment: Environment) {
  return environment === "development" ? { minimum: 1, maximum: 3 } : { minimum: 2, maximum: 5 };
}

function poolProblems(pool: GpuPoolSettings, key: string): string[] {
  const zones = pool.zones ?? [];
  return [
    ...(/^[a-z][a-z0-9]{0,11}$/.test(pool.name) && !reserved.includes(pool.name)
      ? []
      : [
          `${key}.name: "${pool.name}" must be 1 to 12 lower-case letters and digits, beginning with a letter, and not ${reserved.join(" or ")}`,
        ]),
    ...sizeProblems(pool, key),
    ...(zones.every((zone) => ["1", "2", "3"].includes(zone)) && new Set(zones).size === zones.length
      ? []
      : [
          `${key}.zones: "${zones.join(", ")}" must be different ones of 1, 2, 3, which is what Azure calls a region's zones`,
        ]),
  ];
}

function sizeProblems(
  { minimum, maximum, diskGib }: { minimum: number; maximum: number; diskGib: number },
  key: string,
): string[] {
  const nodes = minimum >= 0 && maximum >= Math.max(1, minimum) && maximum <= MAXIMUM_NODES;
  const disk = diskGib >= DISK.minimum && diskGib <= DISK.maximum;
  return [
    ...(nodes
      ? []
      : [
          `${key}.minimum, ${key}.maximum: ${minimum} to ${maximum} nodes must be 0 ≤ minimum ≤ maximum, and maximum 1 to ${MAXIMUM_NODES}`,
        ]),
    ...(disk ? [] : [`${key}.diskGib: ${diskGib} must be ${DISK.minimum} to ${DISK.maximum} GiB`]),
  ];
}

function duplicateNames(pools: GpuPoolSettings[]): string[] {
  const names = pools.map((pool) => pool.name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) => `skyloom:gpuPools: two pools are called "${name}"; names must differ`,
  );
}

import { type MachineTypeChoice, refusalMessage } from "../../../pricing/machine-types.ts";
import type { GeneralPoolSettings, GpuPoolSettings } from "../../cloud.ts";
import type { CloudSettings, Environment } from "../../cloud-settings.ts";
import { poolRangeProblems } from "../../preflight/pool-ranges.ts";
import { refusedSetting } from "../../preflight/refused-setting.ts";
import { sharingProblem } from "./gpu-sharing.ts";
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

/** Nodes of one pool (https://learn.microsoft.com/azure/aks/quotas-skus-regions), and GiB of their system's disk. */
const POOL_LIMITS = { nodes: 1000, diskGib: 2048 };
const reserved = ["system", "general"];
const zonesOfRegion = ["1", "2", "3"];

/** Chooses the machines of every pool of the region; otherwise tells everything that is wrong with the pools. */
export function planNodes(
  settings: CloudSettings,
  region: string,
): { plan: NodePlan } | { problems: string[] } {
  const { environment, generalPool, gpuPools } = settings;
  const key = "skyloom:generalPool";
  const system = chooseGeneralMachine(region, {});
  const general = chooseGeneralMachine(region, generalPool);
  const gpu = gpuPools.map((pool, index) => planGpuPool(pool, `skyloom:gpuPools[${index}]`, region));
  const problems = [
    ...poolRangeProblems(key, generalPool, POOL_LIMITS),
    ...(general.kind === "refusal" ? [`${key}.machineType: ${refusalMessage(general)}`] : []),
    ...gpu.flatMap((pool) => pool.problems),
    ...duplicateNames(gpuPools),
  ];
  if (problems.length > 0 || system.kind === "refusal" || general.kind === "refusal") return { problems };
  return {
    plan: {
      system: { machine: system, ...systemSize(environment) },
      general: { ...generalPool, machine: general },
      gpu: gpu.flatMap(({ planned }) => planned ?? []),
    },
  };
}

/** Two nodes are the fewest that survive the loss of one. */
function systemSize(environment: Environment) {
  return environment === "development" ? { minimum: 1, maximum: 3 } : { minimum: 2, maximum: 5 };
}

function planGpuPool(
  pool: GpuPoolSettings,
  key: string,
  region: string,
): { planned?: PlannedGpuPool; problems: string[] } {
  const { name, sharing, zones = [] } = pool;
  const machine = chooseGpuMachine(region, pool);
  const wrongSharing = machine.kind === "choice" ? sharingProblem(sharing, machine.machineType) : undefined;
  const problems = [
    ...(/^[a-z][a-z0-9]{0,11}$/.test(name) && !reserved.includes(name)
      ? []
      : [
          `${key}.name: must be at most 12 lower-case letters and digits, beginning with a letter, and not ${reserved.join(" or ")}, not "${name}"`,
        ]),
    ...poolRangeProblems(key, pool, POOL_LIMITS),
    ...(machine.kind === "refusal" ? [`${key}.${refusedSetting(machine)}: ${refusalMessage(machine)}`] : []),
    ...(wrongSharing === undefined ? [] : [`${key}.sharing: ${wrongSharing}`]),
    ...(zones.every((zone) => zonesOfRegion.includes(zone)) && new Set(zones).size === zones.length
      ? []
      : [
          `${key}.zones: must be different ones of ${zonesOfRegion.join(", ")}, which is what Azure calls a region's zones, not "${zones.join(", ")}"`,
        ]),
  ];
  return machine.kind === "refusal" ? { problems } : { planned: { ...pool, machine }, problems };
}

function duplicateNames(pools: GpuPoolSettings[]): string[] {
  const names = pools.map((pool) => pool.name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) => `skyloom:gpuPools: two pools are called "${name}"; names must differ`,
  );
}

import type { CloudSettings } from "../../cloud-settings.ts";
import type { PlannedPool } from "./plan-nodes.ts";
import { readOfferings, readZones } from "./zones.ts";

const ZONES_OF_A_CLUSTER = 3;

export interface ZonePlan {
  /** Zones of the control plane and the general pool. */
  cluster: string[];
  /** Pool name → the zones that it uses. */
  pools: Map<string, string[]>;
  problems: string[];
  warnings: string[];
}

/**
 * Which zones the network spans. The first three of the region stay the cluster's whatever the pools ask for: a
 * cluster's zones cannot be changed. Pools are confined to the zones that offer their machine type.
 */
export async function planZones(
  settings: CloudSettings,
  region: string,
  pools: PlannedPool[],
): Promise<ZonePlan> {
  let all: string[];
  try {
    all = await readZones();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      cluster: [],
      pools: new Map(),
      problems: [`skyloom:region: the zones of ${region} cannot be read: ${reason}`],
      warnings: [],
    };
  }
  const cluster = all.slice(0, ZONES_OF_A_CLUSTER);
  const offerings = await readOfferings(pools.map(({ machine }) => machine.machineType));
  const found = pools.map((pool) => {
    const key = `skyloom:gpuPools[${settings.gpuPools.indexOf(pool.settings)}].zones`;
    const offered = offerings?.get(pool.machine.machineType);
    return { name: pool.settings.name, ...zonesOfPool(pool, key, { region, all, cluster, offered }) };
  });
  return {
    cluster,
    pools: new Map(found.map(({ name, zones }) => [name, zones])),
    problems: [
      ...(cluster.length < 2
        ? [`skyloom:region: a cluster needs two zones, ${region} has ${all.join(", ") || "none"}`]
        : []),
      ...found.flatMap(({ problems }) => problems),
    ],
    warnings:
      offerings === undefined
        ? [
            `which zones of ${region} offer ${pools.map(({ machine }) => machine.machineType).join(", ")} could not be read (ec2:DescribeInstanceTypeOfferings); a pool in a zone without its machine type will be refused`,
          ]
        : [],
  };
}

function zonesOfPool(
  { settings, machine }: PlannedPool,
  key: string,
  {
    region,
    all,
    cluster,
    offered,
  }: { region: string; all: string[]; cluster: string[]; offered: string[] | undefined },
): { zones: string[]; problems: string[] } {
  const has = (zone: string) => offered?.includes(zone) ?? true;
  const offering = `${machine.machineType} is offered in ${offered?.join(", ") || "no zone of the region"}`;
  if (settings.zones === undefined) {
    const zones = cluster.filter(has);
    return {
      zones,
      problems:
        zones.length > 0
          ? []
          : [`${key}: ${offering}, none of which the cluster uses; name some of them here`],
    };
  }
  return {
    zones: settings.zones,
    problems: [
      ...(settings.zones.length === 0 ? [`${key}: must name one zone at least, or be absent`] : []),
      ...settings.zones.flatMap((zone, index) => {
        if (settings.zones?.indexOf(zone) !== index) return [`${key}[${index}]: ${zone} is named twice`];
        if (!all.includes(zone))
          return [`${key}[${index}]: ${zone} is no zone of ${region}; there are ${all.join(", ")}`];
        return has(zone) ? [] : [`${key}[${index}]: ${offering}, not in ${zone}`];
      }),
    ],
  };
}

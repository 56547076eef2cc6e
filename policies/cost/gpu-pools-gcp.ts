import type { PolicyResource } from "@pulumi/policy";
import { listOf, valueAt } from "../property-path.ts";
import type { CheckedStack, Properties } from "../rule.ts";
import { acceleratorByGoogleName, acceleratorOf } from "./accelerators.ts";
import type { GpuPool } from "./gpu-pools.ts";

/** Zones of a region that GKE spreads a pool over where the program names none. */
const USUAL_ZONES = 3;

/** Nodes stand in a pool of its own, in the cluster's list of pools, or in the cluster for its first pool. */
export function googlePools(resource: PolicyResource, stack: CheckedStack): GpuPool[] {
  const asked = stack.asked(resource);
  if (resource.type.endsWith(":NodePool")) return poolOf(asked, asked, `node pool ${resource.name}`);
  const pools = listOf(asked.nodePools).flatMap((pool) => poolOf(pool, asked, `node pool ${pool.name}`));
  if (asked.removeDefaultNodePool === true) return pools;
  const first = { nodeConfig: asked.nodeConfig, nodeCount: asked.initialNodeCount };
  return [...pools, ...poolOf(first, asked, "the first node pool")];
}

function poolOf(pool: Properties, place: Properties, label: string): GpuPool[] {
  const configuration = pool.nodeConfig ?? {};
  const [attached] = listOf(configuration.guestAccelerators);
  const accelerator = attached
    ? acceleratorByGoogleName(String(attached.type))
    : acceleratorOf(String(configuration.machineType));
  if (accelerator === undefined) return [];
  const { autoscaling } = pool;
  const zones = zonesOf(pool, place);
  const count = pool.nodeCount === undefined ? undefined : pool.nodeCount * zones;
  const inZones = (nodes: number | undefined) => (nodes === undefined ? undefined : nodes * zones);
  return [
    {
      ...{ label, accelerator },
      minimum: autoscaling
        ? (autoscaling.totalMinNodeCount ?? inZones(autoscaling.minNodeCount) ?? 0)
        : count,
      maximum: autoscaling ? (autoscaling.totalMaxNodeCount ?? inZones(autoscaling.maxNodeCount)) : count,
      spot: configuration.spot === true || configuration.preemptible === true,
      reserved:
        valueAt(configuration, "reservationAffinity.consumeReservationType") === "SPECIFIC_RESERVATION",
    },
  ];
}

/** Counts of a pool are for each zone. */
function zonesOf(pool: Properties, place: Properties): number {
  const named = listOf(pool.nodeLocations ?? place.nodeLocations);
  if (named.length > 0) return named.length;
  return /-[a-z]$/.test(String(place.location)) ? 1 : USUAL_ZONES;
}

import { accelerators } from "../../accelerators.ts";
import type { EstimateInput } from "../cost-estimate.ts";
import {
  allMonth,
  type Context,
  counted,
  type Describers,
  type Meter,
  type NodeDisk,
  type NodePool,
  notKnownYet,
  type PoolSize,
} from "../meter.ts";
import { count, flag, knownText, list, type NotYet, notYet, read, text } from "../read-property.ts";

/** What GKE takes where nothing is said (API reference, NodeConfig). */
const DEFAULT_NODE = { machineType: "e2-medium", diskType: "pd-balanced", diskGib: 100 };
/** Zones of a regional cluster that names none. */
const ZONES = 3;
const DEFAULT_ROOT_GIB = 10;

const NODE_POOL = "gcp:container/nodePool:NodePool";

export const compute: Describers = {
  "gcp:container/cluster:Cluster": { pools: clusterPools, meters: clusterMeters },
  [NODE_POOL]: { pools: nodePoolPools },
  "gcp:compute/instance:Instance": { pools: instancePools },
  "gcp:compute/disk:Disk": { meters: diskMeters },
  "gcp:compute/regionDisk:RegionDisk": {
    // A disk in two zones has a price of its own, which no table has.
    meters: ({ properties }) => [
      { part: "disks", what: "disk in two zones", amount: counted(count(properties, "size"), 0, "size") },
    ],
  },
  "gcp:compute/snapshot:Snapshot": {
    meters: (resource, context) => [
      {
        part: "disks",
        what: "snapshot",
        amount: context.use(resource, "snapshotGb"),
        service: "disk-snapshot",
      },
    ],
  },
};

function clusterMeters({ properties }: EstimateInput): Meter[] {
  const meters: Meter[] = [
    { part: "control plane", what: "control plane", amount: allMonth(1), service: "control-plane-standard" },
  ];
  return [
    ...meters,
    ...madeByGke(properties, "enableAutopilot", "pods of Autopilot"),
    ...madeByGke(properties, "clusterAutoscaling.enabled", "node pools made automatically"),
  ];
}

/** Machines that GKE starts for pods, where a property says so. */
function madeByGke(properties: unknown, property: string, what: string): Meter[] {
  const enabled = flag(properties, property);
  if (enabled === notYet) return [{ part: "machines", what, amount: notKnownYet(property) }];
  const amount = { unknown: "depends on use", why: "the pods that run on it" } as const;
  return enabled === true ? [{ part: "machines", what, amount }] : [];
}

/** The pool that a cluster comes with unless it is removed at once, or pools that are written inside it. */
function clusterPools({ properties }: EstimateInput, context: Context): NodePool[] {
  const removed = flag(properties, "removeDefaultNodePool");
  if (removed === true || flag(properties, "enableAutopilot") === true) return [];
  const zones = zonesOf(properties);
  const inside = list(properties, "nodePools");
  // A state has the pools of other resources in here as well.
  if (inside !== notYet && inside.length > 0 && context.all(NODE_POOL).length === 0)
    return inside.map((pool, index) => ({
      ...machines(read(pool, "nodeConfig")),
      name: knownText(pool, "name") ?? String(index),
      size: poolSize(pool, zones),
    }));
  const nodes = times(count(properties, "initialNodeCount") ?? 0, zones);
  if (nodes === 0) return [];
  return [
    {
      ...machines(read(properties, "nodeConfig")),
      name: "default",
      size: { minimum: nodes, maximum: nodes },
    },
  ];
}

function nodePoolPools({ properties, ...resource }: EstimateInput, context: Context): NodePool[] {
  const cluster = context.find("gcp:container/cluster:Cluster", read(properties, "cluster"), {
    properties,
    ...resource,
  });
  const zones = zonesOf(properties, cluster?.properties);
  return [{ ...machines(read(properties, "nodeConfig")), size: poolSize(properties, zones) }];
}

function poolSize(properties: unknown, zones: number | NotYet): PoolSize {
  const initial = times(count(properties, "initialNodeCount") ?? 0, zones);
  const fixed = count(properties, "nodeCount");
  const autoscaling = read(properties, "autoscaling");
  if (autoscaling === notYet) return { minimum: notYet, maximum: notYet };
  if (autoscaling === undefined) {
    const nodes = fixed === undefined ? initial : times(fixed, zones);
    return { minimum: nodes, maximum: nodes };
  }
  const minimum =
    count(autoscaling, "totalMinNodeCount") ?? times(count(autoscaling, "minNodeCount") ?? 0, zones);
  const maximum =
    count(autoscaling, "totalMaxNodeCount") ?? times(count(autoscaling, "maxNodeCount") ?? 0, zones);
  return { minimum, maximum };
}

function times(nodes: number | NotYet, zones: number | NotYet): number | NotYet {
  if (nodes === 0) return 0;
  return nodes === notYet || zones === notYet ? notYet : nodes * zones;
}

function zonesOf(properties: unknown, cluster?: unknown): number | NotYet {
  for (const from of [properties, cluster]) {
    const named = list(from, "nodeLocations");
    if (named === notYet) return notYet;
    if (named.length > 0) return named.length;
  }
  const location = text(properties, "location") ?? text(cluster, "location");
  if (location === notYet) return notYet;
  return location !== undefined && /-[a-z]$/.test(location) ? 1 : ZONES;
}

function machines(config: unknown): Omit<NodePool, "size"> {
  const machine = text(config, "machineType") ?? DEFAULT_NODE.machineType;
  const spot = flag(config, "spot") ?? flag(config, "preemptible");
  return {
    ...machineWith(list(config, "guestAccelerators"), machine),
    purchase: spot === notYet ? notYet : spot === true ? "spot" : "on-demand",
    disks: [
      nodeDisk(
        text(config, "diskType") ?? DEFAULT_NODE.diskType,
        count(config, "diskSizeGb") ?? DEFAULT_NODE.diskGib,
      ),
    ],
  };
}

/** A machine whose accelerators are not known is not known either. */
function machineWith(
  guests: unknown[] | NotYet,
  machine: string | undefined | NotYet,
): Pick<NodePool, "machineTypes" | "attached"> {
  if (guests === notYet || machine === notYet || machine === undefined) return { machineTypes: notYet };
  // A name, or the address that ends in it.
  const machineTypes = [machine.split("/").at(-1) ?? machine];
  if (guests.length === 0) return { machineTypes };
  const type = text(guests[0], "type");
  const number = count(guests[0], "count");
  if (typeof type !== "string" || number === notYet) return { machineTypes: notYet };
  const accelerator = accelerators.find(({ cloudNames }) => cloudNames.gcp === type)?.name;
  // A name that no table has is kept, so that its price is unknown and not that of the machine alone.
  return { machineTypes, attached: { accelerator: accelerator ?? type, count: number ?? 1 } };
}

function nodeDisk(type: string | NotYet, gib: number | NotYet): NodeDisk {
  const service = diskService(type);
  return { service, what: `${type === notYet ? "" : `${type} `}disk`, perNode: gib };
}

function diskService(type: string | NotYet): string | undefined {
  if (type === notYet) return undefined;
  // A name, or the address that ends in it.
  const name = type.split("/").at(-1);
  return name === "pd-balanced" ? "node-disk" : `disk-${name}`;
}

function instancePools({ properties }: EstimateInput): NodePool[] {
  const machine = text(properties, "machineType");
  const model = text(properties, "scheduling.provisioningModel");
  const boot = read(properties, "bootDisk.initializeParams");
  return [
    {
      ...machineWith(list(properties, "guestAccelerators"), machine),
      purchase: model === notYet ? notYet : model === "SPOT" ? "spot" : "on-demand",
      size: { minimum: 1, maximum: 1 },
      disks: [nodeDisk(text(boot, "type") ?? "pd-standard", count(boot, "size") ?? DEFAULT_ROOT_GIB)],
    },
  ];
}

function diskMeters({ properties }: EstimateInput): Meter[] {
  const type = text(properties, "type") ?? "pd-standard";
  const service = diskService(type);
  const amount = counted(count(properties, "size"), DEFAULT_ROOT_GIB, "size");
  return [
    { part: "disks", what: type === notYet ? "disk" : `${type} disk`, amount, ...(service && { service }) },
  ];
}

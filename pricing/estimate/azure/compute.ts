import type { EstimateInput } from "../cost-estimate.ts";
import {
  allMonth,
  always,
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
import { diskService } from "./disk-tiers.ts";

/** AKS takes so much where nothing is said and the machine has no disk of its own. */
const DEFAULT_NODE_DISK_GIB = 128;
/** The system disk of Ubuntu's images. */
const DEFAULT_ROOT_GIB = 30;
const PREMIUM = "Premium_LRS";

const AGENT_POOL = "azure-native:containerservice:AgentPool";

export const compute: Describers = {
  "azure-native:containerservice:ManagedCluster": { pools: clusterPools, meters: clusterMeters },
  [AGENT_POOL]: { pools: ({ properties }) => [agentPool(properties)] },
  "azure-native:compute:VirtualMachine": { pools: machinePools },
  "azure-native:compute:VirtualMachineScaleSet": { pools: scaleSetPools },
  "azure-native:compute:Disk": { meters: diskMeters },
};

function clusterPools({ properties }: EstimateInput, context: Context): NodePool[] {
  const profiles = list(properties, "agentPoolProfiles");
  if (profiles === notYet) return [{ ...agentPool({}), machineTypes: notYet }];
  // A state has the pools of other resources in here as well.
  const apart = context
    .all(AGENT_POOL)
    .flatMap((pool) => [knownText(pool.properties, "agentPoolName"), knownText(pool.properties, "name")]);
  const own = profiles.filter((profile) => !apart.includes(knownText(profile, "name") ?? ""));
  return own.map((profile) => {
    const name = knownText(profile, "name");
    return { ...(name !== undefined && { name }), ...agentPool(profile) };
  });
}

function agentPool(profile: unknown): NodePool {
  const machine = text(profile, "vmSize");
  const priority = text(profile, "scaleSetPriority");
  return {
    machineTypes: machine === notYet || machine === undefined ? notYet : [machine],
    purchase: priority === notYet ? notYet : priority === "Spot" ? "spot" : "on-demand",
    size: agentPoolSize(profile),
    disks: text(profile, "osDiskType") === "Ephemeral" ? [] : [nodeDisk(count(profile, "osDiskSizeGB"))],
  };
}

function agentPoolSize(profile: unknown): PoolSize {
  const desired = count(profile, "count") ?? 1;
  const scales = flag(profile, "enableAutoScaling");
  if (scales === notYet) return { minimum: notYet, maximum: notYet };
  if (scales !== true) return { minimum: desired, maximum: desired };
  return { minimum: count(profile, "minCount"), desired, maximum: count(profile, "maxCount") };
}

function nodeDisk(gib: number | undefined | NotYet): NodeDisk {
  if (gib === notYet) return { service: undefined, what: "managed disk", perNode: notYet };
  const size = gib || DEFAULT_NODE_DISK_GIB;
  return {
    service: diskService(PREMIUM, size),
    what: `${size} GiB premium disk`,
    perNode: 1,
    assumption: "disk taken as managed; a machine whose own disk is large enough uses that at no cost",
  };
}

function clusterMeters({ properties }: EstimateInput): Meter[] {
  const tier = text(properties, "sku.tier");
  const free = tier === undefined || tier === "Free";
  return [
    {
      part: "control plane",
      what: tier === notYet ? "control plane" : `control plane, tier ${tier ?? "Free"}`,
      amount: tier === notYet ? notKnownYet("sku.tier") : allMonth(1),
      ...(tier !== "Premium" && { service: free ? "control-plane-free" : "control-plane-standard" }),
    },
    ...outboundMeters(properties),
    ...defenderMeters(properties),
  ];
}

/** The load balancer that AKS makes for what leaves the cluster. */
function outboundMeters(properties: unknown): Meter[] {
  const outbound = text(properties, "networkProfile.outboundType") ?? "loadBalancer";
  if (outbound !== "loadBalancer" && outbound !== notYet) return [];
  const amount = outbound === notYet ? notKnownYet("networkProfile.outboundType") : allMonth(1);
  return [
    { part: "network", what: "load balancer for outbound traffic", amount, service: "load-balancer" },
    { part: "network", what: "its public address", amount, service: "public-address" },
  ];
}

/** Billed by the cores of the nodes, at a price that no table has. */
function defenderMeters(properties: unknown): Meter[] {
  const enabled = flag(properties, "securityProfile.defender.securityMonitoring.enabled");
  if (enabled !== true && enabled !== notYet) return [];
  const amount = enabled === notYet ? notKnownYet("securityProfile") : allMonth(1);
  return [{ part: "other", what: "Defender for Containers", amount }];
}

function machinePools({ properties }: EstimateInput): NodePool[] {
  return [
    {
      ...virtualMachine(text(properties, "hardwareProfile.vmSize"), properties, "storageProfile"),
      size: { minimum: 1, maximum: 1 },
    },
  ];
}

function scaleSetPools({ properties }: EstimateInput): NodePool[] {
  const profile = read(properties, "virtualMachineProfile");
  const capacity = count(properties, "sku.capacity");
  return [
    {
      ...virtualMachine(text(properties, "sku.name"), profile, "storageProfile"),
      size: { minimum: capacity, maximum: capacity },
    },
  ];
}

function virtualMachine(
  machine: string | undefined | NotYet,
  profile: unknown,
  storage: string,
): Omit<NodePool, "size"> {
  const priority = text(profile, "priority");
  const disks = [read(profile, `${storage}.osDisk`), ...elements(list(profile, `${storage}.dataDisks`))];
  return {
    machineTypes: machine === notYet || machine === undefined ? notYet : [machine],
    purchase: priority === notYet ? notYet : priority === "Spot" ? "spot" : "on-demand",
    disks: disks.filter((each) => each !== undefined).map(attachedDisk),
  };
}

/** A list that is not known has at least one element that is not. */
function elements(values: unknown[] | NotYet): unknown[] {
  return values === notYet ? [notYet] : values;
}

function attachedDisk(from: unknown): NodeDisk {
  const gib = count(from, "diskSizeGB");
  const kind = text(from, "managedDisk.storageAccountType") ?? PREMIUM;
  if (gib === notYet || kind === notYet) return { service: undefined, what: "managed disk", perNode: notYet };
  return {
    service: diskService(kind, gib ?? DEFAULT_ROOT_GIB),
    what: `${gib ?? DEFAULT_ROOT_GIB} GiB managed disk`,
    perNode: 1,
  };
}

function diskMeters({ properties }: EstimateInput): Meter[] {
  const gib = count(properties, "diskSizeGB");
  const kind = text(properties, "sku.name") ?? "Standard_LRS";
  if (gib === notYet || kind === notYet)
    return [{ part: "disks", what: "managed disk", amount: counted(notYet, 1, "its size or kind") }];
  const service = gib === undefined ? undefined : diskService(kind, gib);
  return [
    {
      part: "disks",
      what: `${gib ?? "?"} GiB disk, ${kind}`,
      amount: always(1),
      ...(service && { service }),
    },
  ];
}

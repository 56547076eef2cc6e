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
import { count, flag, list, type NotYet, notYet, read, text } from "../read-property.ts";

const LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

/** What EKS takes where a node group says nothing (API reference, CreateNodegroup). */
const DEFAULT_NODE_TYPE = "t3.medium";
const DEFAULT_NODE_DISK_GIB = 20;
/** The smallest system disk of Amazon Linux. */
const DEFAULT_ROOT_GIB = 8;
/** gp3 includes so much in its price per GB. */
const INCLUDED = { iops: 3000, throughput: 125 };

export const compute: Describers = {
  "aws:eks/cluster:Cluster": { meters: clusterMeters },
  "aws:eks/nodeGroup:NodeGroup": { pools: nodeGroupPools },
  "aws:eks/fargateProfile:FargateProfile": {
    meters: () => [
      { part: "machines", what: "pods on Fargate", amount: unknownUse("the pods that run on it") },
    ],
  },
  "aws:ec2/instance:Instance": { pools: instancePools },
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest": { pools: instancePools },
  "aws:autoscaling/group:Group": { pools: groupPools },
  "aws:ebs/volume:Volume": { meters: volumeMeters },
  "aws:ebs/snapshot:Snapshot": {
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

function unknownUse(why: string) {
  return { unknown: "depends on use" as const, why };
}

function clusterMeters({ properties }: EstimateInput): Meter[] {
  const meters: Meter[] = [
    { part: "control plane", what: "control plane", amount: allMonth(1), service: "control-plane-standard" },
  ];
  const automatic = flag(properties, "computeConfig.enabled");
  if (automatic === notYet)
    meters.push({
      part: "machines",
      what: "nodes of Auto Mode",
      amount: notKnownYet("computeConfig.enabled"),
    });
  if (automatic === true)
    meters.push({
      part: "machines",
      what: "nodes of Auto Mode",
      amount: unknownUse("the nodes that it starts"),
    });
  return meters;
}

function nodeGroupPools({ properties, ...resource }: EstimateInput, context: Context): NodePool[] {
  const template = templateOf(properties, { properties, ...resource }, context);
  const size: PoolSize = {
    minimum: count(properties, "scalingConfig.minSize"),
    desired: count(properties, "scalingConfig.desiredSize"),
    maximum: count(properties, "scalingConfig.maxSize"),
  };
  const spot = text(properties, "capacityType");
  const disks = template === undefined ? [] : templateDisks(template.properties);
  return [
    {
      machineTypes: machineTypes(properties, template, read(properties, "launchTemplate") !== undefined),
      purchase: spot === notYet ? notYet : spot === "SPOT" ? "spot" : "on-demand",
      size,
      disks: disks.length > 0 ? disks : [ownDisk(count(properties, "diskSize"))],
    },
  ];
}

function ownDisk(gib: number | undefined | NotYet): NodeDisk {
  return {
    service: "node-disk",
    what: "disk",
    perNode: gib ?? DEFAULT_NODE_DISK_GIB,
    assumption: "disk taken as gp3",
  };
}

function machineTypes(
  properties: unknown,
  template: EstimateInput | undefined,
  hasTemplate: boolean,
): readonly string[] | NotYet {
  const named = list(properties, "instanceTypes");
  if (named === notYet || named.includes(notYet)) return notYet;
  if (named.length > 0) return named.map(String);
  const type = template && text(template.properties, "instanceType");
  if (type === notYet || (hasTemplate && template === undefined)) return notYet;
  return [type ?? DEFAULT_NODE_TYPE];
}

function templateOf(
  properties: unknown,
  resource: EstimateInput,
  context: Context,
): EstimateInput | undefined {
  const template =
    read(properties, "launchTemplate") ??
    read(properties, "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification");
  if (template === undefined) return undefined;
  const reference =
    read(template, "id") ?? read(template, "launchTemplateId") ?? read(template, "name") ?? notYet;
  return context.find(LAUNCH_TEMPLATE, reference, resource);
}

function templateDisks(properties: unknown): NodeDisk[] {
  const mappings = list(properties, "blockDeviceMappings");
  if (mappings === notYet) return [{ service: "node-disk", what: "disk", perNode: notYet }];
  return mappings.flatMap((mapping): NodeDisk[] => {
    if (mapping === notYet) return [{ service: undefined, what: "disk", perNode: notYet }];
    const ebs = read(mapping, "ebs");
    return ebs === undefined ? [] : [disk(text(ebs, "volumeType"), count(ebs, "volumeSize"))];
  });
}

function disk(type: string | undefined | NotYet, gib: number | undefined | NotYet): NodeDisk {
  return {
    service: diskService(type),
    what: `${type === notYet ? "" : `${type ?? "gp2"} `}disk`,
    perNode: gib ?? DEFAULT_ROOT_GIB,
    ...(gib === undefined && { assumption: `${DEFAULT_ROOT_GIB} GB, as nothing is said` }),
  };
}

function diskService(type: string | undefined | NotYet): string | undefined {
  if (type === notYet) return undefined;
  return type === "gp3" ? "node-disk" : `disk-${type ?? "gp2"}`;
}

function instancePools(resource: EstimateInput, context: Context): NodePool[] {
  const { properties, type } = resource;
  const template = templateOf(properties, resource, context);
  const own = text(properties, "instanceType");
  const machine = own ?? (template && text(template.properties, "instanceType"));
  const market = text(properties, "instanceMarketOptions.marketType");
  const spot = market === "spot" || type.includes("spotInstanceRequest");
  const root = read(properties, "rootBlockDevice");
  const others = list(properties, "ebsBlockDevices");
  const disks = [
    disk(text(root, "volumeType"), count(root, "volumeSize")),
    ...(others === notYet
      ? [disk(notYet, notYet)]
      : others.map((each) => disk(text(each, "volumeType"), count(each, "volumeSize")))),
  ];
  return [
    {
      machineTypes: machine === notYet || machine === undefined ? notYet : [machine],
      purchase: market === notYet ? notYet : spot ? "spot" : "on-demand",
      size: { minimum: 1, maximum: 1 },
      disks,
    },
  ];
}

function groupPools(resource: EstimateInput, context: Context): NodePool[] {
  const { properties } = resource;
  const template = templateOf(properties, resource, context);
  const overrides = list(properties, "mixedInstancesPolicy.launchTemplate.overrides");
  const named = overrides === notYet ? [notYet] : overrides.map((each) => text(each, "instanceType"));
  const types = named.filter((each) => each !== undefined);
  const single = template && text(template.properties, "instanceType");
  const machine = types.length > 0 ? types : [single ?? notYet];
  return [
    {
      machineTypes: machine.includes(notYet) ? notYet : machine.map(String),
      purchase: groupPurchase(properties, template),
      size: {
        minimum: count(properties, "minSize"),
        desired: count(properties, "desiredCapacity"),
        maximum: count(properties, "maxSize"),
      },
      disks: template === undefined ? [] : templateDisks(template.properties),
    },
  ];
}

function groupPurchase(properties: unknown, template: EstimateInput | undefined): NodePool["purchase"] {
  const share = count(
    properties,
    "mixedInstancesPolicy.instancesDistribution.onDemandPercentageAboveBaseCapacity",
  );
  const market = template && text(template.properties, "instanceMarketOptions.marketType");
  if (share === notYet || market === notYet) return notYet;
  return share === 0 || market === "spot" ? "spot" : "on-demand";
}

function volumeMeters({ properties }: EstimateInput): Meter[] {
  const type = text(properties, "type");
  const service = diskService(type);
  const kind = type === notYet ? "" : `${type ?? "gp2"} `;
  const size = count(properties, "size");
  return [
    { part: "disks", what: `${kind}volume`, amount: counted(size, 0, "size"), ...(service && { service }) },
    ...extra(properties, "iops", type === "gp3" ? INCLUDED.iops : 0, `disk-iops-${String(type)}`),
    ...(type === "gp3" ? extra(properties, "throughput", INCLUDED.throughput, "disk-throughput-gp3") : []),
  ];
}

/** What is provisioned beyond what the price of the GB includes. */
function extra(properties: unknown, property: string, included: number, service: string): Meter[] {
  const wanted = count(properties, property);
  if (wanted === notYet || wanted === undefined || wanted <= included) return [];
  return [{ part: "disks", what: `provisioned ${property}`, amount: always(wanted - included), service }];
}

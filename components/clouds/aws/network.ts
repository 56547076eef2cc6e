import { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup.js";
import { Eip } from "@pulumi/aws/ec2/eip.js";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway.js";
import { NatGateway } from "@pulumi/aws/ec2/natGateway.js";
import { Route } from "@pulumi/aws/ec2/route.js";
import { RouteTable } from "@pulumi/aws/ec2/routeTable.js";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation.js";
import { Subnet } from "@pulumi/aws/ec2/subnet.js";
import { Vpc } from "@pulumi/aws/ec2/vpc.js";
import type { Output, Resource } from "@pulumi/pulumi";
import { createEndpoints } from "./endpoints.ts";
import { createFlowLog } from "./flow-log.ts";
import type { AwsContext } from "./foundation.ts";
import type { AwsLogs } from "./logs.ts";
import { natGateways } from "./preflight.ts";

/** 65,536 addresses: 8,192 for nodes and pods of each zone, 256 for its way out. */
const RANGE = "10.0.0.0/16";
const privateRange = (zone: number) => `10.0.${zone * 32}.0/19`;
const publicRange = (zone: number) => `10.0.${224 + zone}.0/24`;

export interface AwsNetwork {
  vpc: Vpc;
  /** Zone → the subnet of its nodes. */
  privateSubnets: Map<string, Subnet>;
  /** Addresses by which the nodes go out. */
  addresses: Output<string>[];
  /** Nodes need these to start, so they come before them and go after them. */
  ready: Resource[];
}

/** A VPC whose nodes live in private subnets; what they ask for outside goes through NAT gateways. */
export function createNetwork(context: AwsContext, logs: AwsLogs): AwsNetwork {
  const { names, parent, tags } = context;
  const named = { ...tags, Name: names.cluster };
  const vpc = new Vpc(
    "network",
    { cidrBlock: RANGE, enableDnsSupport: true, enableDnsHostnames: true, tags: named },
    { parent },
  );
  // Every VPC is born with a group that lets its members talk to each other and everybody; no rules are left in it.
  new DefaultSecurityGroup(
    "default-group",
    { vpcId: vpc.id, ingress: [], egress: [], tags: named },
    { parent },
  );
  createFlowLog(context, vpc, logs.flow);
  const zones = [
    ...new Set([...context.clusterZones, ...context.gpuPools.flatMap((pool) => pool.zones)]),
  ].sort();
  const natZones = context.clusterZones.slice(0, natGateways(context.settings));
  const ways = createWaysOut(context, vpc, natZones);
  const privateSubnets = new Map<string, Subnet>();
  const tables: RouteTable[] = [];
  const ready: Resource[] = [];
  for (const zone of zones) {
    const way = ways.get(zone) ?? ways.get(natZones[0] ?? "");
    const made = createPrivateSubnet(context, vpc, zone, way?.gateway);
    privateSubnets.set(zone, made.subnet);
    tables.push(made.table);
    ready.push(...made.ready);
  }
  const subnets = context.clusterZones.flatMap((zone) => privateSubnets.get(zone) ?? []);
  const endpoints = createEndpoints(context, { vpc, range: RANGE, subnets, tables });
  return {
    vpc,
    privateSubnets,
    addresses: [...ways.values()].map(({ address }) => address.publicIp),
    ready: [...ready, ...endpoints],
  };
}

interface WayOut {
  gateway: NatGateway;
  address: Eip;
}

/** Public subnets with a NAT gateway each; nothing else lives there, and nothing there gets a public address by itself. */
function createWaysOut(context: AwsContext, vpc: Vpc, zones: string[]): Map<string, WayOut> {
  const { names, parent, tags } = context;
  const internet = new InternetGateway(
    "internet",
    { vpcId: vpc.id, tags: { ...tags, Name: names.cluster } },
    { parent },
  );
  const table = new RouteTable(
    "public",
    { vpcId: vpc.id, tags: { ...tags, Name: `${names.cluster}-public` } },
    { parent },
  );
  const route = new Route(
    "public",
    { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: internet.id },
    { parent },
  );
  // Load balancers of the cluster need a public subnet in each of its zones, with a NAT gateway in it or not.
  const subnets = new Map(
    context.clusterZones.map((zone) => [zone, createPublicSubnet(context, vpc, zone, table)]),
  );
  return new Map(zones.map((zone) => [zone, createWayOut(context, zone, subnets.get(zone)?.id, [route])]));
}

function createPublicSubnet(
  { names, parent, tags }: AwsContext,
  vpc: Vpc,
  zone: string,
  table: RouteTable,
): Subnet {
  const subnet = new Subnet(
    `public-${letterOf(zone)}`,
    {
      vpcId: vpc.id,
      availabilityZone: zone,
      cidrBlock: publicRange(indexOf(zone)),
      mapPublicIpOnLaunch: false,
      tags: { ...tags, Name: `${names.cluster}-public-${letterOf(zone)}`, "kubernetes.io/role/elb": "1" },
    },
    { parent },
  );
  new RouteTableAssociation(
    `public-${letterOf(zone)}`,
    { subnetId: subnet.id, routeTableId: table.id },
    { parent },
  );
  return subnet;
}

function createWayOut(
  { names, parent, tags }: AwsContext,
  zone: string,
  subnetId: Output<string> | undefined,
  dependsOn: Resource[],
): WayOut {
  const name = `nat-${letterOf(zone)}`;
  const named = { ...tags, Name: `${names.cluster}-${name}` };
  const address = new Eip(name, { domain: "vpc", tags: named }, { parent, dependsOn });
  const gateway = new NatGateway(
    name,
    { allocationId: address.allocationId, ...(subnetId && { subnetId }), tags: named },
    { parent, dependsOn },
  );
  return { gateway, address };
}

function createPrivateSubnet(
  { names, parent, tags }: AwsContext,
  vpc: Vpc,
  zone: string,
  gateway: NatGateway | undefined,
): { subnet: Subnet; table: RouteTable; ready: Resource[] } {
  const name = `private-${letterOf(zone)}`;
  const named = { ...tags, Name: `${names.cluster}-${name}` };
  const subnet = new Subnet(
    name,
    {
      vpcId: vpc.id,
      availabilityZone: zone,
      cidrBlock: privateRange(indexOf(zone)),
      mapPublicIpOnLaunch: false,
      tags: { ...named, "kubernetes.io/role/internal-elb": "1" },
    },
    { parent },
  );
  const table = new RouteTable(name, { vpcId: vpc.id, tags: named }, { parent });
  const association = new RouteTableAssociation(
    name,
    { subnetId: subnet.id, routeTableId: table.id },
    { parent },
  );
  const route = new Route(
    name,
    {
      routeTableId: table.id,
      destinationCidrBlock: "0.0.0.0/0",
      ...(gateway && { natGatewayId: gateway.id }),
    },
    { parent },
  );
  return { subnet, table, ready: [association, route] };
}

/** `eu-west-1b` → `b`. */
function letterOf(zone: string): string {
  return zone.slice(-1);
}

/** A zone keeps its range whichever other zones are used: `eu-west-1b` → 1. No region has more than `f`. */
function indexOf(zone: string): number {
  return letterOf(zone).charCodeAt(0) - "a".charCodeAt(0);
}

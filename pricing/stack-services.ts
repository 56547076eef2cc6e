import { hoursPerMonth, type Range, type ServiceUse } from "./monthly-cost.ts";
import type { Known, PricedCloud } from "./row-schema.ts";
import { loadServicePrices, servicePrice } from "./service-prices.ts";

export const registryTiers = ["basic", "standard", "premium"] as const;
export type RegistryTier = (typeof registryTiers)[number];

/** What a stack uses besides machines, in the same words for every cloud. Absent: the stack has none of it. */
export interface StackUse {
  /** A control plane without uptime guarantee, where the cloud offers one. Default: false. */
  freeControlPlane?: boolean;
  /** Nodes of all pools together. */
  nodes: Range;
  natGateways?: number;
  /** GB through the NAT gateways in a month. */
  natGb?: Known<number>;
  /** GB in the bucket. */
  bucketGb?: Known<number>;
  /** Requests to the queue in a month. */
  queueRequests?: Known<number>;
  /** GB of images in the registry; a cloud that bills the registry by its tier takes no notice of them. */
  registryGb?: Known<number>;
  /** Of the registry, where the cloud has tiers. Default: standard. */
  registryTier?: RegistryTier;
  /** Disk of each node in GiB. */
  nodeDiskGib?: number;
  /** GB of logs taken in within a month. */
  logGb?: Known<number>;
  loadBalancers?: number;
  publicAddresses?: number;
  encryptionKeys?: number;
}

/**
 * The use in the units that the cloud bills, for `monthlyCost`. A quantity is unknown where the use does not say
 * enough for the cloud's unit: a queue billed by TiB, or a disk of another size than the one whose price is known.
 */
export function stackServices(cloud: PricedCloud, region: string, use: StackUse): ServiceUse[] {
  const services = new Set(
    loadServicePrices()
      .filter((row) => row.cloud === cloud)
      .map((row) => row.service),
  );
  const free = use.freeControlPlane && services.has("control-plane-free");
  const registry = services.has("registry-storage")
    ? "registry-storage"
    : `registry-${use.registryTier ?? "standard"}`;
  const asked: [service: string, amount: Known<number> | undefined][] = [
    [free ? "control-plane-free" : "control-plane-standard", 1],
    ["nat-gateway", use.natGateways],
    ["nat-gateway-data", use.natGb],
    ["bucket-storage", use.bucketGb],
    ["queue-requests", use.queueRequests],
    [registry, use.registryGb],
    ["node-disk", use.nodeDiskGib],
    ["log-ingestion", use.logGb],
    ["load-balancer", use.loadBalancers],
    ["public-address", use.publicAddresses],
    ["encryption-key", use.encryptionKeys],
  ];
  return asked.flatMap(([service, amount]) => {
    if (amount === undefined) return [];
    const { unit } = servicePrice(cloud, service, region);
    const quantity =
      amount === "unknown" ? "unknown" : inUnit(unit, amount, use.nodes, service === "node-disk");
    return [{ service, quantity }];
  });
}

function inUnit(unit: Known<string>, amount: number, nodes: Range, perNode: boolean): Known<number | Range> {
  switch (unit) {
    case "cluster hour":
    case "gateway hour":
    case "hour":
      return amount * hoursPerMonth;
    case "machine hour (first 32)":
      return overNodes(nodes, (count) => (amount === 0 ? 0 : Math.min(count, 32) * hoursPerMonth));
    case "million requests":
      return amount / 1e6;
    case "10000 operations":
      return amount / 1e4;
    case "day":
      return hoursPerMonth / 24;
    case "30 days":
      return hoursPerMonth / 24 / 30;
    case "128 GiB disk month":
      return amount === 128 ? nodes : "unknown";
    case "GB":
    case "GB month":
    case "key month":
      return perNode ? overNodes(nodes, (count) => count * amount) : amount;
    default:
      return amount === 0 ? 0 : "unknown";
  }
}

function overNodes(nodes: Range, quantity: (count: number) => number): Range {
  return {
    minimum: quantity(nodes.minimum),
    expected: quantity(nodes.expected),
    maximum: quantity(nodes.maximum),
  };
}

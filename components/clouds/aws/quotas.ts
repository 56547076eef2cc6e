import { getServiceQuota } from "@pulumi/aws/servicequotas/getServiceQuota.js";
import type { MachineTypeChoice } from "../../../pricing/machine-types.ts";
import { type QuotaNeed, quotasOf } from "../../../pricing/quota-families.ts";

/** A node pool as far as quotas are concerned. */
export interface QuotaPool {
  /** The configuration key, for messages. */
  key: string;
  machine: MachineTypeChoice;
  minimum: number;
  maximum: number;
}

export interface QuotaFindings {
  /** Conclusively too small: a pool could have none of its nodes. */
  problems: string[];
  /** Too small for all nodes at once, or not known. */
  warnings: string[];
}

interface Demand {
  service: string;
  /** Undefined: nobody knows which quota it is. */
  code: string | undefined;
  name: string;
  unit: string;
  keys: string[];
  /** Units for the nodes that are always there, and for one node of each pool. */
  least: number;
  /** Units for all nodes of all pools. */
  most: number;
}

/** Elastic IP addresses of a region, 5 by default; each NAT gateway takes one. */
const ADDRESSES = { service: "ec2", code: "L-0263D0A3", name: "EC2-VPC Elastic IPs", unit: "addresses" };

/**
 * Compares what the stack needs with the account's quotas in the region, on-demand and spot apart. What others in the
 * account already use of a quota is not counted.
 */
export async function checkQuotas(
  region: string,
  pools: QuotaPool[],
  natGateways: number,
): Promise<QuotaFindings> {
  const addresses = { ...ADDRESSES, keys: ["the NAT gateways"], least: natGateways, most: natGateways };
  const demands = [...demandsOf(pools), addresses];
  const read = await Promise.all(demands.map(async (demand) => ({ demand, limit: await readLimit(demand) })));
  const unknown = read.filter(({ limit }) => limit === "unknown").map(({ demand }) => describe(demand));
  const findings = read.flatMap(({ demand, limit }) =>
    limit === "unknown" ? [] : [compare(demand, limit, region)],
  );
  return {
    problems: findings.flatMap(({ problem }) => problem ?? []),
    warnings: [
      ...findings.flatMap(({ warning }) => warning ?? []),
      ...(unknown.length > 0
        ? [
            `quotas that could not be read in ${region}, so unknown: ${unknown.join(", ")}; see ${page(region)} (reading needs servicequotas:GetServiceQuota)`,
          ]
        : []),
    ],
  };
}

function demandsOf(pools: QuotaPool[]): Demand[] {
  const demands = new Map<string, Demand>();
  for (const { key, machine, minimum, maximum } of pools)
    for (const need of quotasOf(machine, machine.purchase)) {
      const before = demands.get(need.name);
      demands.set(need.name, {
        ...described(need),
        keys: [...(before?.keys ?? []), key],
        least: Math.max((before?.least ?? 0) + minimum * need.perNode, need.perNode),
        most: (before?.most ?? 0) + maximum * need.perNode,
      });
    }
  return [...demands.values()];
}

function described({ quota, name, unit }: QuotaNeed) {
  const code = quota === "unknown" ? undefined : quota;
  return { service: "ec2", code, name, unit: unit === "GPU" ? "GPUs" : "vCPUs" };
}

async function readLimit({ service, code }: Demand): Promise<number | "unknown"> {
  if (code === undefined) return "unknown";
  try {
    const { value } = await getServiceQuota({ serviceCode: service, quotaCode: code });
    return value;
  } catch {
    return "unknown";
  }
}

function compare(demand: Demand, limit: number, region: string): { problem?: string; warning?: string } {
  const { keys, least, most, unit, service, code } = demand;
  const text = `quota ${describe(demand)} is ${limit} ${unit} in ${region}; ${keys.join(", ")}`;
  const ask = `ask for more at ${page(region)}/${service}/quotas/${code}`;
  if (limit < least) return { problem: `${keys[0]}: ${text} need at least ${least}: ${ask}` };
  return limit < most ? { warning: `${text} need ${most} at their maximum: ${ask}` } : {};
}

function describe({ name, code }: Demand): string {
  return code === undefined ? `"${name}"` : `"${name}" (${code})`;
}

function page(region: string): string {
  return `https://${region}.console.aws.amazon.com/servicequotas/home/services`;
}

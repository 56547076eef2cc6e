import type { MachineTypeChoice } from "../../pricing/machine-types.ts";
import { type QuotaNeed, quotasOf } from "../../pricing/quota-families.ts";
import type { GpuPoolSettings } from "../cloud.ts";
import type { CloudSettings } from "../cloud-settings.ts";

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

/** A limit as a cloud knows it, and as people read of it. */
export interface Quota {
  label: string;
  unit: string;
  /** Where it holds: a region, all regions. */
  place: string;
  /** The page where more can be asked for. */
  page: string;
}

export interface Demand<OfCloud extends Quota> {
  quota: OfCloud;
  /** The configuration keys that it comes from. */
  keys: string[];
  /** Units for the nodes that are always there, and for one node of each pool. */
  least: number;
  /** Units for all nodes of all pools. */
  most: number;
}

/** `unknown` is a limit that cannot be read. */
export type Limit = number | "unlimited" | "unknown";

/** The general pool and those with accelerators, as far as machines were found for them. */
export function quotaPools(
  settings: CloudSettings,
  general: MachineTypeChoice | undefined,
  planned: { settings: GpuPoolSettings; machine: MachineTypeChoice }[],
): QuotaPool[] {
  return [
    ...(general === undefined
      ? []
      : [{ key: "skyloom:generalPool", machine: general, ...settings.generalPool }]),
    ...planned.map(({ settings: pool, machine }) => ({
      key: `skyloom:gpuPools[${settings.gpuPools.indexOf(pool)}]`,
      machine,
      minimum: pool.minimum,
      maximum: pool.maximum,
    })),
  ];
}

/** What the pools take together of each quota that the table knows for their machines. */
export function demandsOf<OfCloud extends Quota>(
  pools: QuotaPool[],
  quotaOf: (need: QuotaNeed) => OfCloud,
): Demand<OfCloud>[] {
  const demands = new Map<string, Demand<OfCloud>>();
  for (const { key, machine, minimum, maximum } of pools)
    for (const need of quotasOf(machine, machine.purchase)) {
      const quota = quotaOf(need);
      const before = demands.get(quota.label);
      demands.set(quota.label, {
        quota,
        keys: [...(before?.keys ?? []), key],
        least: Math.max((before?.least ?? 0) + minimum * need.perNode, need.perNode),
        most: (before?.most ?? 0) + maximum * need.perNode,
      });
    }
  return [...demands.values()];
}

/** Compares what is needed with the limits; what others in the account already use of them is not counted. */
export async function compareQuotas<OfCloud extends Quota>(
  demands: Demand<OfCloud>[],
  readLimit: (quota: OfCloud) => Promise<Limit>,
  unknownWarning: (labels: string) => string,
): Promise<QuotaFindings> {
  const limits = await Promise.all(demands.map(({ quota }) => readLimit(quota)));
  const unknown = demands.filter((_, index) => limits[index] === "unknown").map(({ quota }) => quota.label);
  const findings = demands.map((demand, index) => compare(demand, limits[index] ?? "unknown"));
  return {
    problems: findings.flatMap(({ problem }) => problem ?? []),
    warnings: [
      ...findings.flatMap(({ warning }) => warning ?? []),
      ...(unknown.length > 0 ? [unknownWarning(unknown.join(", "))] : []),
    ],
  };
}

function compare(
  { quota, keys, least, most }: Demand<Quota>,
  limit: Limit,
): { problem?: string; warning?: string } {
  if (typeof limit !== "number") return {};
  const { label, unit, place, page } = quota;
  const text = `quota ${label} is ${limit} ${unit} in ${place}; ${keys.join(", ")}`;
  const ask = `ask for more at ${page}`;
  if (limit < least) return { problem: `${keys[0]}: ${text} need at least ${least}: ${ask}` };
  return limit < most ? { warning: `${text} need ${most} at their maximum: ${ask}` } : {};
}

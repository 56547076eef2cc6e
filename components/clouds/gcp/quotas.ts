import { type GetSQuotaInfoResult, getSQuotaInfo } from "@pulumi/gcp/cloudquota/getSQuotaInfo.js";
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
  need: QuotaNeed;
  id: string;
  keys: string[];
  /** Units for the nodes that are always there, and for one node of each pool. */
  least: number;
  /** Units for all nodes of all pools. */
  most: number;
}

/** A quota's limit in the region; what others in the project already use of it cannot be read and is not counted. */
type Limit = number | "unlimited" | "unknown";

/**
 * Compares what the node pools need with the project's limits, on-demand and spot apart.
 * Limits come from Cloud Quotas (https://cloud.google.com/docs/quotas/api-overview).
 */
export async function checkQuotas(
  project: string,
  region: string,
  pools: QuotaPool[],
): Promise<QuotaFindings> {
  const demands = demandsOf(pools);
  const read = await Promise.all(
    demands.map(async (demand) => ({ demand, limit: await readLimit(project, region, demand) })),
  );
  const unknown = read.filter(({ limit }) => limit === "unknown").map(({ demand }) => demand.id);
  const findings = read.flatMap(({ demand, limit }) =>
    typeof limit === "number" ? [compare(demand, limit, project, region)] : [],
  );
  return {
    problems: findings.flatMap(({ problem }) => problem ?? []),
    warnings: [
      ...findings.flatMap(({ warning }) => warning ?? []),
      ...(unknown.length > 0
        ? [
            `quotas that could not be read in project ${project}, ${region}: ${unknown.join(", ")}; see ${page(project)} (reading needs cloudquotas.googleapis.com and roles/cloudquotas.viewer)`,
          ]
        : []),
    ],
  };
}

function demandsOf(pools: QuotaPool[]): Demand[] {
  const demands = new Map<string, Demand>();
  for (const { key, machine, minimum, maximum } of pools) {
    for (const need of quotasOf(machine, machine.purchase)) {
      const id = `${quotaId(need)}${describeDimensions(need.dimensions)}`;
      const before = demands.get(id);
      demands.set(id, {
        need,
        id,
        keys: [...(before?.keys ?? []), key],
        least: Math.max((before?.least ?? 0) + minimum * need.perNode, need.perNode),
        most: (before?.most ?? 0) + maximum * need.perNode,
      });
    }
  }
  return [...demands.values()];
}

/** `NVIDIA_L4_GPUS` of Compute Engine is `NVIDIA-L4-GPUS-per-project-region` at Cloud Quotas. */
function quotaId({ quota, name, scope }: QuotaNeed): string {
  if (quota === "unknown") return name;
  return `${quota.replaceAll("_", "-")}-per-project${scope === "region" ? "-region" : ""}`;
}

async function readLimit(project: string, region: string, { need }: Demand): Promise<Limit> {
  if (need.quota === "unknown") return "unknown";
  try {
    const info = await getSQuotaInfo({
      parent: `projects/${project}`,
      service: "compute.googleapis.com",
      quotaId: quotaId(need),
    });
    return limitIn(info, region, need.dimensions);
  } catch {
    return "unknown";
  }
}

/** The first entry that applies counts: they come with the most specific first. */
function limitIn(info: GetSQuotaInfoResult, region: string, dimensions: Record<string, string>): Limit {
  const wanted: Record<string, string> = { ...dimensions, region };
  const entry = (info.dimensionsInfos ?? []).find(
    (each) =>
      (each.applicableLocations ?? []).some((location) => location === region || location === "global") &&
      Object.entries(each.dimensions ?? {}).every(([key, value]) => wanted[key] === value),
  );
  if (entry === undefined) return "unknown";
  // The interface leaves a limit of 0 out of its answer, as JSON of protocol buffers does.
  const limit = Number(entry.details?.[0]?.value || "0");
  if (Number.isNaN(limit)) return "unknown";
  return limit < 0 ? "unlimited" : limit;
}

function compare(
  { need, id, keys, least, most }: Demand,
  limit: number,
  project: string,
  region: string,
): { problem?: string; warning?: string } {
  const unit = need.unit === "GPU" ? "GPUs" : "vCPUs";
  const where = need.scope === "region" ? region : "all regions";
  const text = `quota ${id} is ${limit} ${unit} in ${where}; ${keys.join(", ")}`;
  const ask = `ask for more at ${page(project)}`;
  if (limit < least) return { problem: `${keys[0]}: ${text} need at least ${least}: ${ask}` };
  return limit < most ? { warning: `${text} need ${most} at their maximum: ${ask}` } : {};
}

function describeDimensions(dimensions: Record<string, string>): string {
  const parts = Object.entries(dimensions).map(([key, value]) => `${key}=${value}`);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function page(project: string): string {
  return `https://console.cloud.google.com/iam-admin/quotas?project=${project}`;
}

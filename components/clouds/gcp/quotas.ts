import { type GetSQuotaInfoResult, getSQuotaInfo } from "@pulumi/gcp/cloudquota/getSQuotaInfo.js";
import type { QuotaNeed } from "../../../pricing/quota-families.ts";
import {
  compareQuotas,
  demandsOf,
  type Limit,
  type Quota,
  type QuotaFindings,
  type QuotaPool,
} from "../../preflight/quotas.ts";

interface ProjectQuota extends Quota {
  /** Undefined: nobody knows which quota it is. */
  id: string | undefined;
  dimensions: Record<string, string>;
}

/**
 * Compares what the node pools need with the project's limits, on-demand and spot apart.
 * Limits come from Cloud Quotas (https://cloud.google.com/docs/quotas/api-overview).
 */
export async function checkQuotas(
  project: string,
  region: string,
  pools: QuotaPool[],
): Promise<QuotaFindings> {
  const page = `https://console.cloud.google.com/iam-admin/quotas?project=${project}`;
  return await compareQuotas(
    demandsOf(pools, (need) => projectQuota(need, region, page)),
    (quota) => readLimit(project, region, quota),
    (labels) =>
      `quotas that could not be read in project ${project}, ${region}: ${labels}; see ${page} (reading needs cloudquotas.googleapis.com and roles/cloudquotas.viewer)`,
  );
}

/** `NVIDIA_L4_GPUS` of Compute Engine is `NVIDIA-L4-GPUS-per-project-region` at Cloud Quotas. */
function projectQuota(need: QuotaNeed, region: string, page: string): ProjectQuota {
  const { quota, name, scope, dimensions } = need;
  const id =
    quota === "unknown"
      ? undefined
      : `${quota.replaceAll("_", "-")}-per-project${scope === "region" ? "-region" : ""}`;
  return {
    id,
    dimensions,
    label: `${id ?? name}${describeDimensions(dimensions)}`,
    unit: need.unit === "GPU" ? "GPUs" : "vCPUs",
    place: scope === "region" ? region : "all regions",
    page,
  };
}

async function readLimit(project: string, region: string, { id, dimensions }: ProjectQuota): Promise<Limit> {
  if (id === undefined) return "unknown";
  try {
    const info = await getSQuotaInfo({
      parent: `projects/${project}`,
      service: "compute.googleapis.com",
      quotaId: id,
    });
    return limitIn(info, region, dimensions);
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

function describeDimensions(dimensions: Record<string, string>): string {
  const parts = Object.entries(dimensions).map(([key, value]) => `${key}=${value}`);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

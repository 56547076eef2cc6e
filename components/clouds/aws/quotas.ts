import { getServiceQuota } from "@pulumi/aws/servicequotas/getServiceQuota.js";
import type { QuotaNeed } from "../../../pricing/quota-families.ts";
import {
  compareQuotas,
  demandsOf,
  type Limit,
  type Quota,
  type QuotaFindings,
  type QuotaPool,
} from "../../preflight/quotas.ts";

interface ServiceQuota extends Quota {
  /** Undefined: nobody knows which quota it is. */
  code: string | undefined;
}

const SERVICE = "ec2";
/** Elastic IP addresses of a region, 5 by default; each NAT gateway takes one. */
const ADDRESSES = { code: "L-0263D0A3", name: "EC2-VPC Elastic IPs", unit: "addresses" };

/** Compares what the stack needs with the account's quotas in the region, on-demand and spot apart. */
export async function checkQuotas(
  region: string,
  pools: QuotaPool[],
  natGateways: number,
): Promise<QuotaFindings> {
  const addresses = {
    quota: serviceQuota(ADDRESSES, region),
    keys: ["the NAT gateways"],
    least: natGateways,
    most: natGateways,
  };
  const quotaOf = ({ quota, name, unit }: QuotaNeed) =>
    serviceQuota(
      { code: quota === "unknown" ? undefined : quota, name, unit: unit === "GPU" ? "GPUs" : "vCPUs" },
      region,
    );
  return await compareQuotas(
    [...demandsOf(pools, quotaOf), addresses],
    readLimit,
    (labels) =>
      `quotas that could not be read in ${region}, so unknown: ${labels}; see ${page(region)} (reading needs servicequotas:GetServiceQuota)`,
  );
}

function serviceQuota(
  { code, name, unit }: { code: string | undefined; name: string; unit: string },
  region: string,
): ServiceQuota {
  const label = code === undefined ? `"${name}"` : `"${name}" (${code})`;
  return { code, label, unit, place: region, page: `${page(region)}/${SERVICE}/quotas/${code}` };
}

async function readLimit({ code }: ServiceQuota): Promise<Limit> {
  if (code === undefined) return "unknown";
  try {
    return (await getServiceQuota({ serviceCode: SERVICE, quotaCode: code })).value;
  } catch {
    return "unknown";
  }
}

function page(region: string): string {
  return `https://${region}.console.aws.amazon.com/servicequotas/home/services`;
}

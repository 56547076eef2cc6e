import { ProviderError } from "../provider-error.ts";
import { AWS_ACCOUNT, regionOf } from "../session.ts";
import { type Properties, textAt } from "../values.ts";
import type { InvokeContext } from "./invoke.ts";

/** Quota code → name and value of a simulated account (EC2's instance quotas count vCPUs). */
const QUOTAS: { [code: string]: { name: string; value: number; service: string } } = {
  "L-1216C47A": {
    service: "ec2",
    name: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
    value: 2560,
  },
  "L-DB2E81BA": { service: "ec2", name: "Running On-Demand G and VT instances", value: 1536 },
  "L-417A185B": { service: "ec2", name: "Running On-Demand P instances", value: 1920 },
  "L-34B43A08": {
    service: "ec2",
    name: "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests",
    value: 2560,
  },
  "L-3819A6DF": { service: "ec2", name: "All G and VT Spot Instance Requests", value: 1536 },
  "L-7212CCBC": { service: "ec2", name: "All P4, P3 and P2 Spot Instance Requests", value: 1920 },
  "L-C4BD4855": { service: "ec2", name: "All P5 Spot Instance Requests", value: 1920 },
  "L-0263D0A3": { service: "ec2", name: "EC2-VPC Elastic IPs", value: 5 },
  "L-F678F1CE": { service: "vpc", name: "VPCs per Region", value: 5 },
  "L-1194D53C": { service: "eks", name: "Clusters", value: 100 },
};

/** One quota by its code or its name; `quotas.json` in the state folder gives it another value. */
export function serviceQuota(context: InvokeContext): Properties {
  const code = textAt(context.inputs, "quotaCode");
  const name = textAt(context.inputs, "quotaName");
  const service = textAt(context.inputs, "serviceCode") ?? "";
  const found = Object.entries(QUOTAS).find(
    ([key, quota]) => quota.service === service && (code === undefined ? quota.name === name : key === code),
  );
  if (!found)
    throw new ProviderError(
      "not-found",
      `reading Service Quotas Service Quota (${service}/${code ?? name}): operation error Service Quotas: GetServiceQuota, https response error StatusCode: 400, NoSuchResourceException: The request failed because the specified service quota does not exist.`,
    );
  const [quotaCode, quota] = found;
  const value = context.store.quota(`aws/${quotaCode}`) ?? quota.value;
  const arn = `arn:aws:servicequotas:${regionOf(context)}:${AWS_ACCOUNT}:${service}/${quotaCode}`;
  return {
    id: arn,
    arn,
    quotaCode,
    quotaName: quota.name,
    serviceCode: service,
    serviceName: service,
    value,
    defaultValue: 0,
    adjustable: true,
    globalQuota: false,
    usageMetrics: [],
  };
}

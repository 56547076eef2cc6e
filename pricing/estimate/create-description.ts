import { type PricedCloud, pricedClouds } from "../row-schema.ts";
import { awsDescription } from "./aws/describe-aws.ts";
import { azureDescription } from "./azure/describe-azure.ts";
import type { CloudDescription } from "./cloud-description.ts";
import { gcpDescription } from "./gcp/describe-gcp.ts";

const descriptions: Record<PricedCloud, CloudDescription> = {
  aws: awsDescription,
  azure: azureDescription,
  gcp: gcpDescription,
};

/** The only place that knows which clouds are described. */
export function createDescription(cloud: PricedCloud): CloudDescription {
  return descriptions[cloud];
}

/** The type as the describers have it. */
export function plainType(type: string): string {
  const cloud = cloudOfType(type);
  return (cloud && descriptions[cloud].typeOf?.(type)) ?? type;
}

/** The cloud that bills a type of resource; undefined for what runs in clusters or only exists in the program. */
export function cloudOfType(type: string): PricedCloud | undefined {
  return pricedClouds.find((cloud) => type.startsWith(`${descriptions[cloud].package}:`));
}

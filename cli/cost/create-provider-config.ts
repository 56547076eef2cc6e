import type { PricedCloud } from "../../pricing/row-schema.ts";

const NO_ACCOUNT = "00000000-0000-0000-0000-000000000000";

/** Configuration of a cloud's provider for a program that runs on simulated ones: no account is meant. */
export function createProviderConfig(cloud: PricedCloud, region: string): Record<string, string> {
  switch (cloud) {
    case "aws":
      return { "aws:region": region };
    case "azure":
      return {
        "azure-native:location": region,
        "azure-native:subscriptionId": NO_ACCOUNT,
        "azure-native:tenantId": NO_ACCOUNT,
      };
    case "gcp":
      return { "gcp:project": "skyloom-compare", "gcp:region": region };
  }
}

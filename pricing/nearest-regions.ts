import type { PricedCloud } from "./row-schema.ts";

/** Regions of the price tables that lie in the same part of the world; those of one row serve the same users. */
const neighbours: readonly Record<PricedCloud, string>[] = [
  { aws: "us-east-1", azure: "eastus", gcp: "us-east4" },
  { aws: "us-west-2", azure: "westus2", gcp: "us-central1" },
  { aws: "eu-west-1", azure: "northeurope", gcp: "europe-west1" },
  { aws: "eu-central-1", azure: "westeurope", gcp: "europe-west4" },
  { aws: "ap-southeast-1", azure: "southeastasia", gcp: "asia-southeast1" },
];

/** The region of another cloud nearest to one; undefined for a region that no table has. */
export function nearestRegion(from: PricedCloud, region: string, to: PricedCloud): string | undefined {
  return neighbours.find((each) => each[from] === region)?.[to];
}

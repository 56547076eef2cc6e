import type { PricedCloud } from "../row-schema.ts";
import { awsReader } from "./aws/read-prices.ts";
import { azureReader } from "./azure/read-prices.ts";
import { gcpReader } from "./gcp/read-prices.ts";
import type { PriceReader } from "./price-reader.ts";

/** The only place that knows whose prices can be read. */
export function createReader(cloud: PricedCloud): PriceReader {
  return { aws: awsReader, azure: azureReader, gcp: gcpReader }[cloud];
}

import type { PricedCloud } from "../../pricing/row-schema.ts";
import type { ListLeftovers } from "./leftover.ts";

/** Loads only the SDK of the cloud that is asked. */
export async function createListing(cloud: PricedCloud): Promise<ListLeftovers> {
  switch (cloud) {
    case "aws":
      return (await import("./aws/list.ts")).listAws;
    case "azure":
      return (await import("./azure/list.ts")).listAzure;
    case "gcp":
      return (await import("./gcp/list.ts")).listGcp;
  }
}

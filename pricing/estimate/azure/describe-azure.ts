import type { CloudDescription } from "../cloud-description.ts";
import type { EstimateInput } from "../cost-estimate.ts";
import { knownText } from "../read-property.ts";
import { compute } from "./compute.ts";
import { diskService } from "./disk-tiers.ts";
import { isFree } from "./free-types.ts";
import { network } from "./network.ts";
import { storage } from "./storage.ts";

export const azureDescription: CloudDescription = {
  package: "azure-native",
  describers: { ...compute, ...network, ...storage },
  isFree,
  region,
  // Types of an explicit version of the API: azure-native:network/v20230901:NatGateway.
  typeOf: (type) => type.replace(/\/v\d{8}\w*:/, ":"),
  volumeClaim(gib) {
    const service = diskService("StandardSSD_LRS", gib);
    return { units: 1, assumption: "volume taken as a standard SSD", ...(service && { service }) };
  },
};

/** `East US` and `eastus` are the same; what is global is nowhere. */
function region({ properties }: EstimateInput): string | undefined {
  const location = knownText(properties, "location")?.toLowerCase().replaceAll(" ", "");
  return location === "global" ? undefined : location;
}

import type { CloudDescription } from "../cloud-description.ts";
import type { EstimateInput } from "../cost-estimate.ts";
import { knownText } from "../read-property.ts";
import { compute } from "./compute.ts";
import { isFree } from "./free-types.ts";
import { network } from "./network.ts";
import { storage } from "./storage.ts";

export const gcpDescription: CloudDescription = {
  package: "gcp",
  describers: { ...compute, ...network, ...storage },
  isFree,
  region,
  volumeClaim: (gib) => ({ service: "node-disk", units: gib, assumption: "volume taken as pd-balanced" }),
};

/** The region of a zone; a multi-region such as US stays one, because it has prices of its own. */
function region({ properties }: EstimateInput): string | undefined {
  const place =
    knownText(properties, "region") ?? knownText(properties, "location") ?? knownText(properties, "zone");
  const name = place
    ?.toLowerCase()
    .split("/")
    .at(-1)
    ?.replace(/-[a-z]$/, "");
  return name === "global" ? undefined : name;
}

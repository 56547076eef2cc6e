import type { CloudDescription } from "../cloud-description.ts";
import type { EstimateInput } from "../cost-estimate.ts";
import { knownText } from "../read-property.ts";
import { compute } from "./compute.ts";
import { isFree } from "./free-types.ts";
import { network } from "./network.ts";
import { storage } from "./storage.ts";

export const awsDescription: CloudDescription = {
  package: "aws",
  describers: { ...compute, ...network, ...storage },
  isFree,
  region,
  volumeClaim: (gib) => ({ service: "node-disk", units: gib, assumption: "volume taken as gp3" }),
};

function region({ properties }: EstimateInput): string | undefined {
  const named = knownText(properties, "region");
  if (named !== undefined) return named;
  const zone = /^([a-z]+(?:-[a-z]+)+-\d)[a-z]$/.exec(knownText(properties, "availabilityZone") ?? "")?.[1];
  if (zone !== undefined) return zone;
  const service = /^com\.amazonaws\.([a-z-]+-\d)\./.exec(knownText(properties, "serviceName") ?? "")?.[1];
  return service ?? /^arn:aws[\w-]*:[\w-]+:([a-z-]+-\d):/.exec(knownText(properties, "arn") ?? "")?.[1];
}

import type { EstimateInput } from "./cost-estimate.ts";
import type { Describers, Meter } from "./meter.ts";

/** What the estimate knows of a cloud; the same file names in each cloud's folder. */
export interface CloudDescription {
  /** What its types of resources begin with. */
  package: string;
  describers: Describers;
  /** Whether a resource of that type bills nothing by itself. */
  isFree(type: string): boolean;
  /** Where a resource is, where it tells. */
  region(resource: EstimateInput): string | undefined;
  /** A type as the describers have it. Default: as it is. */
  typeOf?(type: string): string;
  /** What a claim of a volume in a cluster bills. */
  volumeClaim(gib: number): Pick<Meter, "service" | "assumption"> & { units: number };
}

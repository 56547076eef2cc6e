import type { Purchase } from "../../pricing/machine-offers.ts";
import type { StackUse } from "../../pricing/stack-services.ts";

/** What a cloud bills for a resource, in the words of pricing/. */
export type Billing =
  | { kind: "nothing" }
  /** One service, with the amount that `stackServices` takes. */
  | { kind: "service"; service: string; use: Omit<StackUse, "nodes"> }
  | { kind: "machines"; machineType: string; purchase: Purchase; count: number }
  /** Billed, or perhaps billed, by something that pricing/ does not know. */
  | { kind: "unknown" };

/** A resource that bears the marks of a stack, whoever made it. */
export interface Leftover {
  /** The cloud's own word, e.g. `ec2:volume`, `Microsoft.Compute/disks`, `compute.googleapis.com/Disk`. */
  type: string;
  /** As the cloud's commands take it. */
  id: string;
  /** Unique in the cloud: ARN, path, or full resource name. */
  address: string;
  /** Region, zone or `global`. */
  region: string;
  billing: Billing;
  /** A command, or the page of the console, that removes it. */
  removal: string;
  /** It goes by itself, or stays by design and bills nothing. */
  lingering?: Lingering;
}

export interface Lingering {
  why: string;
  /** RFC 3339; absent where the cloud does not say, or never. */
  until?: string;
}

/** A question that the cloud did not answer: what it would have told is unknown. */
export interface Refusal {
  question: string;
  /** In the cloud's words. */
  reason: string;
  /** What makes the cloud answer. */
  remedy: string;
}

export interface Listing {
  found: Leftover[];
  refusals: Refusal[];
}

/** The stack to look for. */
export interface Place {
  stack: string;
  region: string;
}

/** Asks one cloud; never throws for a question that the cloud refuses. */
export type ListLeftovers = (place: Place) => Promise<Listing>;

export const nothing: Billing = { kind: "nothing" };
export const unknown: Billing = { kind: "unknown" };

export function service(name: string, use: Omit<StackUse, "nodes">): Billing {
  return { kind: "service", service: name, use };
}

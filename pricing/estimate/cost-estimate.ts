import type { Range } from "../monthly-cost.ts";
import type { Known, PricedCloud } from "../row-schema.ts";
import type { Usage } from "./usage.ts";

/** A resource as a program registers it, or as a state has it. */
export interface EstimateInput {
  urn: string;
  /** Such as `aws:eks/nodeGroup:NodeGroup`. */
  type: string;
  name: string;
  /** A value may be unknown: the engine's text for it, or a proxy that throws where it is read. */
  properties: Record<string, unknown>;
  /** The provider's id, where the resource is there already. */
  id?: string | undefined;
  /** URNs of what it comes after: they tell which launch template it has while ids are not known. Default: none. */
  dependencies?: readonly string[] | undefined;
}

export interface EstimateOptions {
  /** Of resources that don't tell, such as volume claims. Default: that of most resources. */
  cloud?: PricedCloud | undefined;
  /** Likewise. Default: that of most resources. */
  region?: string | undefined;
  /** What depends on use. Default: nothing is known of it. */
  usage?: Usage | undefined;
}

/** What an amount is for; the order is that of reports. */
export const parts = [
  "machines",
  "GPU machines",
  "disks",
  "control plane",
  "network",
  "storage",
  "registry",
  "queue",
  "logs",
  "keys and secrets",
  "other",
] as const;
export type Part = (typeof parts)[number];

/** Why an amount is not known: no source gave the price, nobody told the use, or the engine will know it at the update. */
export type UnknownReason = "price not found" | "depends on use" | "not known before the update";

export interface CostItem {
  urn: string;
  name: string;
  type: string;
  part: Part;
  /** Such as `2 to 5 × m6i.xlarge, on-demand`. */
  what: string;
  unit: Known<string>;
  /** Units per month. */
  quantity: Known<Range>;
  unitPriceUsd: Known<number>;
  /** Not rounded. */
  monthlyUsd: Known<Range>;
  /** Present where `monthlyUsd` is unknown. */
  unknown?: { reason: UnknownReason; why: string };
  /** What was taken for granted about the quantity. */
  assumption?: string;
  /** Where the unit price was read, and when. Empty where it was not found. */
  source: string;
  date: string;
  /** Why the price should not be trusted. */
  doubtful?: string;
  /** Machines: the same ones bought otherwise. */
  otherPurchases?: OtherPurchase[];
}

export interface OtherPurchase {
  purchase: "on-demand" | "spot" | "reserved for 1 year" | "reserved for 3 years";
  monthlyUsd: Known<Range>;
  doubtful?: string;
}

export interface CostEstimate {
  /** Of most resources; undefined where no resource is of a cloud that is priced. */
  cloud: PricedCloud | undefined;
  region: string | undefined;
  items: CostItem[];
  /** USD a month: sums of what is known. What `unknown` lists is missing from them. */
  total: Range;
  unknown: CostItem[];
  /** Resources that are known to bill nothing by themselves. */
  free: { urn: string; name: string; type: string }[];
  /** Types that were not looked into: whether and what they bill is not known. */
  notPriced: { type: string; names: string[]; why: string }[];
  /** Names in the usage file that no resource has. */
  unusedUsage: string[];
}

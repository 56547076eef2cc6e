import type { Purchase } from "../machine-offers.ts";
import { hoursPerMonth, type Range } from "../monthly-cost.ts";
import type { EstimateInput, Part, UnknownReason } from "./cost-estimate.ts";
import { type NotYet, notYet } from "./read-property.ts";

export interface NotKnown {
  unknown: UnknownReason;
  why: string;
}
export type Amount = Range | NotKnown;

/** One thing that a resource is billed for. */
export interface Meter {
  part: Part;
  what: string;
  /** In single hours, GB months, requests, …: pricing turns it into the unit of the price table. */
  amount: Amount;
  /** A service of pricing/data/services.csv. Absent: no table has a price for it. */
  service?: string;
  /** Instead of a service: a machine, by the hour. */
  machine?: WantedMachine;
  assumption?: string;
}

/** The machine of a pool; where a pool names several types it is priced as the dearest. */
export interface WantedMachine {
  machineTypes: readonly string[];
  /** One that is attached to the machine, by its name in accelerators.ts. */
  attached?: { accelerator: string; count: number } | undefined;
  purchase: Purchase;
}

/** What a type of resource bills. */
export interface Describer {
  /** Its nodes; their machines and disks are billed. */
  pools?(resource: EstimateInput, context: Context): NodePool[];
  meters?(resource: EstimateInput, context: Context): Meter[];
}

export type Describers = Readonly<Record<string, Describer>>;

/** Machines of one kind. */
export interface NodePool {
  /** Where a resource has several pools. */
  name?: string;
  machineTypes: readonly string[] | NotYet;
  attached?: WantedMachine["attached"];
  purchase: Purchase | NotYet;
  size: PoolSize;
  disks: NodeDisk[];
}

export interface PoolSize {
  minimum: number | undefined | NotYet;
  /** What it has at first. Default: the minimum. */
  desired?: number | undefined | NotYet;
  /** Default: the desired size, then the minimum. */
  maximum: number | undefined | NotYet;
}

/** A disk that each node has. */
export interface NodeDisk {
  /** Undefined: no table has a price for that kind of disk. */
  service: string | undefined;
  what: string;
  /** In the unit of the service: GB, or 1 where the service is a whole disk. */
  perNode: number | NotYet;
  assumption?: string;
}

/** What a describer may ask about the rest of the stack. */
export interface Context {
  /** What the usage tells; not known where it tells nothing. */
  use(resource: EstimateInput, key: AmountKey): Amount;
  /** The resource of that type that is meant by an id or name, or the only one that the other depends on. */
  find(type: string, reference: unknown, from: EstimateInput): EstimateInput | undefined;
  /** Every resource of that type in the stack. */
  all(type: string): readonly EstimateInput[];
  /** All nodes of the stack. */
  nodes(): Amount;
}

export type AmountKey = Exclude<keyof import("./usage.ts").Use, "expectedNodes" | "gpuNodeHours">;

export function isNotKnown(amount: Amount): amount is NotKnown {
  return "unknown" in amount;
}

export function always(count: number): Range {
  return { minimum: count, expected: count, maximum: count };
}

export function mapRange(amount: Amount, change: (count: number) => number): Amount {
  if (isNotKnown(amount)) return amount;
  const { minimum, expected, maximum } = amount;
  return { minimum: change(minimum), expected: change(expected), maximum: change(maximum) };
}

/** Hours of a month for so many things. */
export function allMonth(amount: Amount | number): Amount {
  return mapRange(typeof amount === "number" ? always(amount) : amount, (count) => count * hoursPerMonth);
}

/** A count that a property tells. */
export function counted(value: number | undefined | NotYet, otherwise: number, property: string): Amount {
  if (value === notYet) return notKnownYet(property);
  return always(value ?? otherwise);
}

export function notKnownYet(property: string): NotKnown {
  return { unknown: "not known before the update", why: `${property} is not known before the update` };
}

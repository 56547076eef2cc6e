import type { Purchase } from "../machine-offers.ts";
import type { Term } from "../reservations.ts";
import type { PricedCloud } from "../row-schema.ts";

/** A price that a cloud's own list tells, in the unit of our table; of a reservation, USD a month. */
export type FoundPrice = { region: string; usd: number; source: string } & (
  | { kind: "service"; service: string; unit: string }
  | { kind: "machine"; machineType: string; purchase: Purchase }
  | { kind: "reservation"; machineType: string; term: Term }
  | { kind: "accelerator"; accelerator: string; acceleratorCount: number; purchase: Purchase }
);

/** What the tables want to know. */
export interface Wanted {
  regions: readonly string[];
  machines: readonly WantedMachine[];
  accelerators: readonly { accelerator: string; acceleratorCount: number }[];
}

export interface WantedMachine {
  machineType: string;
  vcpus: number;
  memoryGib: number;
}

export interface ReaderOptions {
  /** Address of the price interface, instead of the cloud's own. */
  base?: string | undefined;
  /** Where the interface wants one. */
  apiKey?: string | undefined;
  /** Told what is being read. */
  progress(line: string): void;
}

/** Reads a cloud's public price interface. */
export interface PriceReader {
  cloud: PricedCloud;
  /** Why it cannot be read now; undefined when it can. */
  lacks(options: ReaderOptions): string | undefined;
  /** @throws Error when the interface does not answer, or answers in a form that is not its documented one. */
  read(wanted: Wanted, options: ReaderOptions): AsyncIterable<FoundPrice>;
}

import { accelerators, findAccelerator } from "./accelerators.ts";
import { compareOffers } from "./compare-offers.ts";
import { type HourlyPrice, type MachineOffer, machineOffers, type Purchase } from "./machine-offers.ts";
import type { NearAccelerator, Refusal, RefusalReason } from "./refusal.ts";
import type { PricedCloud } from "./row-schema.ts";

export { loadMachineTypes } from "./machine-rows.ts";
export { type Refusal, refusalMessage } from "./refusal.ts";
export { type PricedCloud, pricedClouds } from "./row-schema.ts";

export interface MachineTypeQuery {
  cloud: PricedCloud;
  region: string;
  /** Name from accelerators.ts. Absent: only machine types without accelerator. */
  accelerator?: string | undefined;
  /**
   * GPUs of one machine, exactly. Absent: any whole number (findMachineType: any). A share of a GPU such as 1/6 is
   * offered only when asked for.
   */
  acceleratorCount?: number | undefined;
  minimumVcpus?: number | undefined;
  minimumMemoryGib?: number | undefined;
  /** Compare spot prices instead of on-demand prices. Default: false. */
  spot?: boolean | undefined;
  /** Offer machine types with CPU credits too. Default: false. */
  burstable?: boolean | undefined;
}

/** A machine type that does what was asked for. */
export interface MachineTypeChoice extends MachineOffer {
  kind: "choice";
  /** What the machine is bought as, and so what `price` is. */
  purchase: Purchase;
  /** The price of one machine with its accelerators; unknown only where no matching type has a known one. */
  price: HourlyPrice;
}

/** Regions in the cloud's price table, in alphabetical order. */
export function regions(cloud: PricedCloud): string[] {
  return [...new Set(machineOffers(cloud).map((offer) => offer.region))].sort();
}

/**
 * The cheapest machine type that matches, or why there is none.
 * A doubtful price counts only where no matching type has a trusted one, an unknown price only where none is known
 * (then the other purchase's price decides). Ties: fewer vCPUs, less memory, name.
 */
export function cheapestMachineType(query: MachineTypeQuery): MachineTypeChoice | Refusal {
  const refused = refuseRegionOrAccelerator(query);
  if (refused) return refused;
  const here = offersIn(query).filter((offer) => offer.accelerator === query.accelerator);
  const counted = here.filter((offer) => hasCount(offer, query.acceleratorCount, query.accelerator));
  if (counted.length === 0) {
    return refuse(query, "no-such-accelerator-count", {
      counts: countsOf(here),
      regions: regionsWith(query),
    });
  }
  const large = counted.filter(
    (offer) => isLargeEnough(offer, query) && (query.burstable || !offer.burstable),
  );
  if (large.length === 0) return refuse(query, "no-machine-large-enough", { machineTypes: largest(counted) });
  return toChoice(large.toSorted(compareOffers(purchaseOf(query)))[0] as MachineOffer, query);
}

/**
 * A machine type given by name, or why it cannot be had. With `accelerator` the machine must have it, built in or
 * attached; a machine type to which accelerators are attached gets the fewest unless `acceleratorCount` says more.
 * Minimums of vCPUs and memory are not applied to a machine type that is named.
 */
export function findMachineType(
  query: MachineTypeQuery & { machineType: string },
): MachineTypeChoice | Refusal {
  const all = machineOffers(query.cloud).filter((offer) => offer.machineType === query.machineType);
  if (all.length === 0) return refuse(query, "machine-type-not-in-table", { machineTypes: typesWith(query) });
  const refused = refuseRegionOrAccelerator(query);
  if (refused) return refused;
  const here = all.filter((offer) => offer.region === query.region);
  if (here.length === 0) {
    return refuse(query, "machine-type-not-in-region", {
      regions: [...new Set(all.map((offer) => offer.region))].sort(),
    });
  }
  const matching = here
    .filter((offer) => query.accelerator === undefined || offer.accelerator === query.accelerator)
    .filter(
      (offer) =>
        query.acceleratorCount === undefined || sameCount(offer.acceleratorCount, query.acceleratorCount),
    )
    .toSorted((left, right) => left.acceleratorCount - right.acceleratorCount);
  if (!matching[0])
    return refuse(query, "machine-type-without-accelerator", { machineTypes: typesWith(query) });
  return toChoice(matching[0], query);
}

function toChoice(offer: MachineOffer, query: MachineTypeQuery): MachineTypeChoice {
  const purchase = purchaseOf(query);
  return { kind: "choice", ...offer, purchase, price: offer.prices[purchase] };
}

function purchaseOf(query: MachineTypeQuery): Purchase {
  return query.spot ? "spot" : "on-demand";
}

function offersIn(query: MachineTypeQuery): MachineOffer[] {
  return machineOffers(query.cloud).filter((offer) => offer.region === query.region);
}

function sameCount(left: number, right: number): boolean {
  return Math.abs(left - right) < 1e-3;
}

function hasCount(offer: MachineOffer, count: number | undefined, accelerator: string | undefined): boolean {
  if (accelerator === undefined) return true;
  return count === undefined ? offer.acceleratorCount >= 1 : sameCount(offer.acceleratorCount, count);
}

function isLargeEnough(offer: MachineOffer, query: MachineTypeQuery): boolean {
  return offer.vcpus >= (query.minimumVcpus ?? 0) && offer.memoryGib >= (query.minimumMemoryGib ?? 0);
}

function refuseRegionOrAccelerator(query: MachineTypeQuery): Refusal | undefined {
  const { accelerator } = query;
  if (accelerator !== undefined && !findAccelerator(accelerator)) {
    return refuse(query, "unknown-accelerator", { nearestAccelerators: nearest(query) });
  }
  if (!regions(query.cloud).includes(query.region)) {
    return refuse(query, "region-not-in-table", { regions: regionsWith(query) });
  }
  if (accelerator === undefined) return undefined;
  if (offersIn(query).some((offer) => offer.accelerator === accelerator)) return undefined;
  const elsewhere = regionsWith({ ...query, acceleratorCount: undefined });
  const reason = elsewhere.length > 0 ? "accelerator-not-in-region" : "accelerator-not-in-cloud";
  return refuse(query, reason, { regions: elsewhere, nearestAccelerators: nearest(query) });
}

type Wanted = Pick<MachineTypeQuery, "cloud" | "accelerator"> & { acceleratorCount?: number | undefined };

function offersWith(wanted: Wanted): MachineOffer[] {
  return machineOffers(wanted.cloud).filter(
    (offer) =>
      offer.accelerator === wanted.accelerator &&
      hasCount(offer, wanted.acceleratorCount, wanted.accelerator),
  );
}

function regionsWith(wanted: Wanted): string[] {
  return [...new Set(offersWith(wanted).map((offer) => offer.region))].sort();
}

function typesWith(query: MachineTypeQuery): string[] {
  const here = offersWith(query).filter((offer) => offer.region === query.region);
  return [...new Set(here.map((offer) => offer.machineType))];
}

function countsOf(offers: readonly MachineOffer[]): number[] {
  return [...new Set(offers.map((offer) => offer.acceleratorCount))].sort((left, right) => left - right);
}

function largest(offers: readonly MachineOffer[]): string[] {
  const bySize = offers.toSorted(
    (left, right) => right.vcpus - left.vcpus || right.memoryGib - left.memoryGib,
  );
  return [...new Set(bySize.map((offer) => offer.machineType))].slice(0, 3);
}

/** The three accelerators of the region that are nearest by GPU memory; all of them for a name that is not known. */
function nearest(query: MachineTypeQuery): NearAccelerator[] {
  const wanted = findAccelerator(query.accelerator ?? "")?.memoryGib;
  const near = accelerators.flatMap(({ name, memoryGib }): NearAccelerator[] => {
    const counts = countsOf(offersIn(query).filter((offer) => offer.accelerator === name));
    return counts.length === 0 ? [] : [{ accelerator: name, memoryGib, counts }];
  });
  if (wanted === undefined) return near;
  const distance = (each: NearAccelerator) => Math.abs(each.memoryGib - wanted);
  return near.toSorted((left, right) => distance(left) - distance(right)).slice(0, 3);
}

function refuse(
  query: MachineTypeQuery & { machineType?: string },
  reason: RefusalReason,
  alternatives: Partial<Refusal>,
): Refusal {
  const { cloud, region, accelerator, acceleratorCount, machineType, minimumVcpus, minimumMemoryGib } = query;
  const asked = { accelerator, acceleratorCount, machineType, minimumVcpus, minimumMemoryGib };
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const none = { regions: [], nearestAccelerators: [], counts: [], machineTypes: [] };
  return { kind: "refusal", reason, cloud, region, ...given, ...none, ...alternatives };
}

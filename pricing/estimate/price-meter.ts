import { type HourlyPrice, type MachineOffer, machineOffers, type Purchase } from "../machine-offers.ts";
import { hoursPerMonth, type Range } from "../monthly-cost.ts";
import { reservedPrices } from "../reservations.ts";
import type { Known, PricedCloud, Source } from "../row-schema.ts";
import { servicePrice } from "../service-prices.ts";
import type { CostItem, EstimateInput, OtherPurchase } from "./cost-estimate.ts";
import { isNotKnown, type Meter, mapRange, type NotKnown, type WantedMachine } from "./meter.ts";

interface UnitPrice {
  unit: Known<string>;
  usd: Known<number>;
  doubtful?: string;
  sources: readonly Source[];
  otherPurchases?: (quantity: Range) => OtherPurchase[];
}

/** What a meter costs by the tables. */
export function priceMeter(
  meter: Meter,
  resource: EstimateInput,
  cloud: PricedCloud,
  region: string,
): CostItem {
  const price = unitPrice(meter, cloud, region);
  const quantity = mapRange(meter.amount, (count) => count / unitSize(price.unit));
  const { urn, name, type } = resource;
  const item: CostItem = {
    ...{ urn, name, type, part: meter.part, what: meter.what, unit: price.unit },
    quantity: isNotKnown(quantity) ? "unknown" : quantity,
    unitPriceUsd: price.usd,
    ...money(quantity, price, `${cloud} ${region}`),
    ...(meter.assumption !== undefined && { assumption: meter.assumption }),
    source: [...new Set(price.sources.map(({ source }) => source))].join("; "),
    date: price.sources.map(({ retrieved }) => retrieved).sort()[0] ?? "",
    ...(price.doubtful !== undefined && { doubtful: price.doubtful }),
  };
  if (price.otherPurchases === undefined || isNotKnown(quantity)) return item;
  return { ...item, otherPurchases: price.otherPurchases(quantity) };
}

function money(
  quantity: Range | NotKnown,
  price: UnitPrice,
  place: string,
): Pick<CostItem, "monthlyUsd" | "unknown"> {
  if (isNotKnown(quantity) && quantity.unknown === "not known before the update")
    return { monthlyUsd: "unknown", unknown: { reason: quantity.unknown, why: quantity.why } };
  // Nothing of it costs nothing, and so does any amount of what is free.
  if (!isNotKnown(quantity) && quantity.maximum === 0) return { monthlyUsd: quantity };
  if (price.usd === 0) return { monthlyUsd: { minimum: 0, expected: 0, maximum: 0 } };
  if (isNotKnown(quantity) && price.unit === "unknown")
    return { monthlyUsd: "unknown", unknown: { reason: quantity.unknown, why: quantity.why } };
  if (price.usd === "unknown") {
    const why = `no source gave the price in ${place}`;
    return { monthlyUsd: "unknown", unknown: { reason: "price not found", why } };
  }
  if (isNotKnown(quantity))
    return { monthlyUsd: "unknown", unknown: { reason: quantity.unknown, why: quantity.why } };
  return { monthlyUsd: times(quantity, price.usd) };
}

function times({ minimum, expected, maximum }: Range, usd: number): Range {
  return { minimum: minimum * usd, expected: expected * usd, maximum: maximum * usd };
}

function unitPrice({ service, machine }: Meter, cloud: PricedCloud, region: string): UnitPrice {
  if (machine !== undefined) return machinePrice(machine, cloud, region);
  if (service === undefined) return { unit: "unknown", usd: "unknown", sources: [] };
  const { unit, unitPriceUsd, doubtful, source } = servicePrice(cloud, service, region);
  const sources = unitPriceUsd === "unknown" ? [] : [source];
  return { unit, usd: unitPriceUsd, sources, ...(doubtful !== undefined && { doubtful }) };
}

function machinePrice(machine: WantedMachine, cloud: PricedCloud, region: string): UnitPrice {
  const offers = machine.machineTypes.map((type) => findOffer(machine, type, cloud, region));
  const known = offers.filter((offer) => offer !== undefined);
  const { purchase } = machine;
  // Of several types nobody knows which the cloud will take; the dearest is a bound only if all prices are known.
  const prices = known.map((offer) => offer.prices[purchase]);
  const unknown = known.length < offers.length || prices.some(({ usdPerHour }) => usdPerHour === "unknown");
  const dearest = known.toSorted((left, right) => usd(right, purchase) - usd(left, purchase))[0];
  if (dearest === undefined || unknown) return { unit: "machine hour", usd: "unknown", sources: [] };
  const { usdPerHour, doubtful, sources } = dearest.prices[purchase];
  return {
    unit: "machine hour",
    usd: usdPerHour,
    sources,
    ...(doubtful !== undefined && { doubtful }),
    otherPurchases: (quantity) => otherPurchases(dearest, purchase, quantity),
  };
}

function usd(offer: MachineOffer, purchase: Purchase): number {
  const { usdPerHour } = offer.prices[purchase];
  return usdPerHour === "unknown" ? 0 : usdPerHour;
}

function findOffer(
  { attached }: WantedMachine,
  machineType: string,
  cloud: PricedCloud,
  region: string,
): MachineOffer | undefined {
  return machineOffers(cloud).find((offer) => {
    if (offer.machineType !== machineType || offer.region !== region) return false;
    if (attached === undefined) return !offer.acceleratorAttached;
    return offer.accelerator === attached.accelerator && offer.acceleratorCount === attached.count;
  });
}

function otherPurchases(offer: MachineOffer, purchase: Purchase, hours: Range): OtherPurchase[] {
  const other: Purchase = purchase === "spot" ? "on-demand" : "spot";
  const byTheHour: OtherPurchase = { purchase: other, ...hourly(offer.prices[other], hours) };
  // The table of reservations is about machines as they are; what is attached to them is reserved apart.
  const reserved = offer.acceleratorAttached
    ? []
    : reservedPrices(offer.cloud, offer.machineType, offer.region);
  return [
    byTheHour,
    ...reserved.map(({ term, usdPerMonth, doubtful }): OtherPurchase => {
      const nodes = mapRange(hours, (count) => Math.ceil(count / hoursPerMonth)) as Range;
      return {
        purchase: `reserved for ${term === "1 year" ? "1 year" : "3 years"}`,
        monthlyUsd: usdPerMonth === "unknown" ? "unknown" : times(nodes, usdPerMonth),
        ...(doubtful !== undefined && { doubtful }),
      };
    }),
  ];
}

function hourly({ usdPerHour, doubtful }: HourlyPrice, hours: Range): Omit<OtherPurchase, "purchase"> {
  const monthlyUsd = usdPerHour === "unknown" ? "unknown" : times(hours, usdPerHour);
  return { monthlyUsd, ...(doubtful !== undefined && { doubtful }) };
}

/** How many single hours, requests, … the price table's unit holds. */
function unitSize(unit: Known<string>): number {
  switch (unit) {
    case "million requests":
      return 1e6;
    case "10000 operations":
    case "10000 requests":
      return 1e4;
    case "1000 requests":
      return 1e3;
    case "day":
      return 24;
    case "30 days":
      return 24 * 30;
    default:
      return 1;
  }
}

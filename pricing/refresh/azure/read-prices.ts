import { z } from "zod";
import type { Term } from "../../reservations.ts";
import { ask } from "../ask.ts";
import type { FoundPrice, PriceReader, ReaderOptions, Wanted } from "../price-reader.ts";
import { meters, type RetailMeter } from "./meters.ts";

const BASE = "https://prices.azure.com";
const GLOBAL = "Global";
const VERSION = "2023-01-01-preview";
/** Of machine types in one question, so that the address stays short enough. */
const TYPES_AT_ONCE = 10;

const itemSchema = z.object({
  armRegionName: z.string(),
  armSkuName: z.string().default(""),
  productName: z.string(),
  skuName: z.string(),
  meterName: z.string(),
  serviceName: z.string().default(""),
  unitOfMeasure: z.string(),
  retailPrice: z.number(),
  tierMinimumUnits: z.number().default(0),
  type: z.string(),
  reservationTerm: z.string().optional(),
});
type Item = z.output<typeof itemSchema>;
const pageSchema = z.object({ Items: z.array(itemSchema), NextPageLink: z.string().nullish() });

/**
 * The Azure Retail Prices API, page by page
 * (https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices).
 */
export const azureReader: PriceReader = { cloud: "azure", lacks: () => undefined, read };

async function* read(wanted: Wanted, options: ReaderOptions): AsyncGenerator<FoundPrice> {
  for (const region of wanted.regions) {
    const types = wanted.machines.map(({ machineType }) => machineType);
    for (let index = 0; index < types.length; index += TYPES_AT_ONCE) {
      const some = types.slice(index, index + TYPES_AT_ONCE);
      const filter = `serviceName eq 'Virtual Machines' and (${some.map((type) => `armSkuName eq '${type}'`).join(" or ")})`;
      yield* machinesOf(await items(filter, region, options), region);
      yield* reservationsOf(await items(filter, region, options, "Reservation"), region);
    }
    yield* await servicesIn(region, region, options);
  }
  yield* await servicesIn(GLOBAL, "*", options);
}

/** @param region of the interface. @param place of our table. */
async function servicesIn(region: string, place: string, options: ReaderOptions): Promise<FoundPrice[]> {
  const wanted = meters.filter((meter) => (meter.global === true) === (region === GLOBAL));
  const found: FoundPrice[] = [];
  for (const serviceName of new Set(wanted.map((meter) => meter.serviceName))) {
    const answers = await items(`serviceName eq '${serviceName}'`, region, options);
    found.push(
      ...servicesOf(answers, serviceName, wanted, { region: place, source: source(region, serviceName) }),
    );
  }
  return found;
}

/** On all pages. @param priceType what is paid for as it is used, or for a term. */
async function items(
  filter: string,
  region: string,
  options: ReaderOptions,
  priceType = "Consumption",
): Promise<Item[]> {
  const wanted = `armRegionName eq '${region}' and priceType eq '${priceType}' and ${filter}`;
  const query = new URLSearchParams({ "api-version": VERSION, $filter: wanted });
  let address: string | undefined = `${options.base ?? BASE}/api/retail/prices?${query}`;
  const found: Item[] = [];
  options.progress(`azure ${region}: ${filter.slice(0, 60)}`);
  while (address !== undefined) {
    const page = pageSchema.parse(await (await ask(address)).json());
    found.push(...page.Items);
    address = page.NextPageLink ?? undefined;
  }
  return found.filter((item) => item.armRegionName === region && item.type === priceType);
}

function source(region: string, serviceName: string): string {
  return `${BASE}/api/retail/prices?$filter=armRegionName eq '${region}' and serviceName eq '${serviceName}'`;
}

function machinesOf(found: readonly Item[], region: string): FoundPrice[] {
  const plain = found.filter(
    ({ productName, skuName, unitOfMeasure }) =>
      !productName.includes("Windows") && !skuName.includes("Low Priority") && unitOfMeasure === "1 Hour",
  );
  return plain
    .filter(({ retailPrice }) => retailPrice > 0)
    .map(({ armSkuName, skuName, retailPrice }) => ({
      ...{ kind: "machine", machineType: armSkuName, region, usd: retailPrice },
      purchase: skuName.includes("Spot") ? "spot" : "on-demand",
      source: source(region, "Virtual Machines"),
    }));
}

const months: Record<string, { term: Term; count: number }> = {
  "1 Year": { term: "1 year", count: 12 },
  "3 Years": { term: "3 years", count: 36 },
};

/** The interface tells the price of the whole term. */
function reservationsOf(found: readonly Item[], region: string): FoundPrice[] {
  return found.flatMap(({ armSkuName, productName, retailPrice, reservationTerm = "" }): FoundPrice[] => {
    const length = months[reservationTerm];
    if (length === undefined || productName.includes("Windows") || retailPrice <= 0) return [];
    const usd = Number((retailPrice / length.count).toPrecision(10));
    const { term } = length;
    return [
      {
        kind: "reservation",
        machineType: armSkuName,
        term,
        region,
        usd,
        source: source(region, "Virtual Machines"),
      },
    ];
  });
}

/** Of several steps the lowest that costs something. */
function servicesOf(
  found: readonly Item[],
  serviceName: string,
  wanted: readonly RetailMeter[],
  place: { region: string; source: string },
): FoundPrice[] {
  return wanted
    .filter((meter) => meter.serviceName === serviceName)
    .flatMap((meter): FoundPrice[] => {
      const matching = found.filter(
        (item) =>
          item.meterName === meter.meterName &&
          item.unitOfMeasure === meter.unitOfMeasure &&
          (meter.productName === undefined || item.productName === meter.productName) &&
          item.retailPrice > 0,
      );
      const [first] = matching.toSorted((left, right) => left.tierMinimumUnits - right.tierMinimumUnits);
      if (first === undefined) return [];
      const { service, unit } = meter;
      return [{ kind: "service", service, unit, usd: first.retailPrice, ...place }];
    });
}

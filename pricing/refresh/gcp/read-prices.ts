import { z } from "zod";
import type { Purchase } from "../../machine-offers.ts";
import { ask } from "../ask.ts";
import type { FoundPrice, PriceReader, ReaderOptions, Wanted, WantedMachine } from "../price-reader.ts";
import { acceleratorSkus, catalogueServices, families, serviceSkus } from "./skus.ts";

const BASE = "https://cloudbilling.googleapis.com";

const skuSchema = z.object({
  description: z.string(),
  category: z.object({ usageType: z.string().default("") }),
  serviceRegions: z.array(z.string()),
  pricingInfo: z.array(
    z.object({
      pricingExpression: z.object({
        tieredRates: z.array(
          z.object({
            startUsageAmount: z.number().default(0),
            unitPrice: z.object({ units: z.coerce.number().default(0), nanos: z.number().default(0) }),
          }),
        ),
      }),
    }),
  ),
});
type Sku = z.output<typeof skuSchema>;
const pageSchema = z.object({ skus: z.array(skuSchema).default([]), nextPageToken: z.string().optional() });

/** The Cloud Billing Catalog API, page by page (https://cloud.google.com/billing/v1/how-tos/catalog-api). */
export const gcpReader: PriceReader = {
  cloud: "gcp",
  lacks: ({ apiKey }) =>
    apiKey
      ? undefined
      : "it wants an API key of a project with cloudbilling.googleapis.com: set GOOGLE_API_KEY",
  read,
};

async function* read(wanted: Wanted, options: ReaderOptions): AsyncGenerator<FoundPrice> {
  for (const [catalogue, id] of Object.entries(catalogueServices)) {
    const skus = await skusOf(id, options);
    const source = `${BASE}/v1/services/${id}/skus`;
    for (const region of wanted.regions) {
      const here = skus.filter(({ serviceRegions }) => serviceRegions.includes(region));
      yield* servicesOf(here, catalogue, region, source);
      if (catalogue === "compute") yield* computeOf(here, wanted, region, source);
    }
  }
}

async function skusOf(id: string, { base = BASE, apiKey = "", progress }: ReaderOptions): Promise<Sku[]> {
  const found: Sku[] = [];
  for (let token: string | undefined = ""; token !== undefined; ) {
    progress(`gcp: service ${id}, ${found.length} prices so far`);
    const query = new URLSearchParams({
      key: apiKey,
      currencyCode: "USD",
      ...(token && { pageToken: token }),
    });
    const page = pageSchema.parse(await (await ask(`${base}/v1/services/${id}/skus?${query}`)).json());
    found.push(...page.skus);
    token = page.nextPageToken || undefined;
  }
  return found;
}

function servicesOf(skus: readonly Sku[], catalogue: string, region: string, source: string): FoundPrice[] {
  return serviceSkus
    .filter((each) => each.catalogue === catalogue)
    .flatMap(({ service, description, unit }): FoundPrice[] => {
      const sku = skus.find(
        (each) => description.test(each.description) && each.category.usageType === "OnDemand",
      );
      const usd = sku && priceOf(sku);
      return usd === undefined ? [] : [{ kind: "service", service, unit, region, usd, source }];
    });
}

/** A machine is the sum of its cores and its memory; accelerators are apart. */
function computeOf(skus: readonly Sku[], wanted: Wanted, region: string, source: string): FoundPrice[] {
  const purchases: Purchase[] = ["on-demand", "spot"];
  return purchases.flatMap((purchase) => [
    ...wanted.machines.flatMap((machine): FoundPrice[] => {
      const usd = machinePrice(skus, machine, purchase);
      if (usd === undefined) return [];
      return [{ kind: "machine", machineType: machine.machineType, purchase, region, usd, source }];
    }),
    ...wanted.accelerators.flatMap(({ accelerator, acceleratorCount }): FoundPrice[] => {
      const one = partPrice(skus, acceleratorSkus[accelerator], purchase);
      if (one === undefined) return [];
      const usd = rounded(one * acceleratorCount);
      return [{ kind: "accelerator", accelerator, acceleratorCount, purchase, region, usd, source }];
    }),
  ]);
}

function machinePrice(skus: readonly Sku[], machine: WantedMachine, purchase: Purchase): number | undefined {
  const family = families[machine.machineType.split("-")[0] ?? ""];
  const core = partPrice(skus, family && `${family} Core`, purchase);
  const memory = partPrice(skus, family && `${family} Ram`, purchase);
  if (core === undefined || memory === undefined) return undefined;
  return rounded(core * machine.vcpus + memory * machine.memoryGib);
}

function partPrice(skus: readonly Sku[], name: string | undefined, purchase: Purchase): number | undefined {
  if (name === undefined) return undefined;
  const spot = purchase === "spot";
  const beginning = spot ? `Spot Preemptible ${name} running in` : `${name} running in`;
  const usageType = spot ? "Preemptible" : "OnDemand";
  // Some descriptions say attached to Spot Preemptible VMs at the end of the name instead.
  const other = spot ? `${name} attached to Spot Preemptible VMs running in` : beginning;
  const sku = skus.find(
    ({ description, category }) =>
      category.usageType === usageType &&
      (description.startsWith(beginning) || description.startsWith(other)),
  );
  return sku && priceOf(sku);
}

/** Of several steps the lowest that costs something. */
function priceOf({ pricingInfo }: Sku): number | undefined {
  const rates = pricingInfo.at(-1)?.pricingExpression.tieredRates ?? [];
  const prices = rates.map(({ startUsageAmount, unitPrice: { units, nanos } }) => ({
    from: startUsageAmount,
    usd: units + nanos / 1e9,
  }));
  return prices.filter(({ usd }) => usd > 0).toSorted((left, right) => left.from - right.from)[0]?.usd;
}

function rounded(usd: number): number {
  return Number(usd.toPrecision(10));
}

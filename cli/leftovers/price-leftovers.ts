import { machineOffers } from "../../pricing/machine-offers.ts";
import { monthlyCost, type NodePoolUse, type Range, type ServiceUse } from "../../pricing/monthly-cost.ts";
import type { Known, PricedCloud } from "../../pricing/row-schema.ts";
import { stackServices } from "../../pricing/stack-services.ts";
import type { Leftover } from "./leftover.ts";

export interface PricedLeftover extends Leftover {
  /** USD; 0 for what bills nothing. */
  monthlyUsd: Known<number>;
  /** Why the price should not be trusted. */
  doubtful?: string;
}

/** What each resource costs in a month, by the tables of pricing/. */
export function priceLeftovers(cloud: PricedCloud, leftovers: readonly Leftover[]): PricedLeftover[] {
  const machines = leftovers.reduce(
    (sum, { billing }) => (billing.kind === "machines" ? sum + billing.count : sum),
    0,
  );
  return leftovers.map((leftover) => ({ ...leftover, ...priceOf(cloud, leftover, machines) }));
}

function priceOf(
  cloud: PricedCloud,
  { billing, region: place }: Leftover,
  machines: number,
): Pick<PricedLeftover, "monthlyUsd" | "doubtful"> {
  // Google Cloud's zones are named for their region.
  const region = cloud === "gcp" ? place.replace(/-[a-z]$/, "") : place;
  switch (billing.kind) {
    case "nothing":
      return { monthlyUsd: 0 };
    case "unknown":
      return { monthlyUsd: "unknown" };
    case "machines": {
      const { machineType, purchase, count } = billing;
      const machine = machineOffers(cloud).find(
        (offer) => offer.region === region && offer.machineType === machineType && !offer.acceleratorAttached,
      );
      if (machine === undefined) return { monthlyUsd: "unknown" };
      const pool = { name: machineType, machine, purchase, nodes: always(count) };
      return expected(cloud, region, [pool], []);
    }
    case "service": {
      // A gateway that is billed by the machines behind it; any other service is there once.
      const nodes = always(billing.service === "nat-gateway" ? machines : 1);
      const uses = stackServices(cloud, region, { ...billing.use, nodes });
      return expected(
        cloud,
        region,
        [],
        uses.filter(({ service }) => service === billing.service),
      );
    }
  }
}

function expected(
  cloud: PricedCloud,
  region: string,
  nodePools: NodePoolUse[],
  services: ServiceUse[],
): Pick<PricedLeftover, "monthlyUsd" | "doubtful"> {
  const [item] = monthlyCost({ cloud, region, nodePools, services }).items;
  if (item === undefined) return { monthlyUsd: "unknown" };
  const { doubtful, monthlyUsd } = item;
  return { monthlyUsd: monthlyUsd.expected, ...(doubtful !== undefined && { doubtful }) };
}

function always(count: number): Range {
  return { minimum: count, expected: count, maximum: count };
}

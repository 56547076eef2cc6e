import { machineOffers } from "../../pricing/machine-offers.ts";
import { type PricedCloud, pricedClouds, regions } from "../../pricing/machine-types.ts";
import type { Offer } from "../../runtime/planning/capacity-planning/capacity-request.ts";
import { CannotRun } from "../output.ts";

/** Where to look on each cloud when nothing else is said: regions in which the tables know the most prices. */
const defaultRegions: Record<PricedCloud, string> = {
  aws: "us-east-1",
  azure: "eastus",
  gcp: "us-central1",
};

export interface OfferChoice {
  /** Cloud → region. Default: every cloud, in its first region. */
  clouds?: Record<string, string> | undefined;
  /** Whether nodes may be bought as capacity that can be taken away. Default: no. */
  spot?: boolean | undefined;
}

/** The machines of the price tables as offers, each with the source and the day of its price. @throws CannotRun */
export function priceOffers({ clouds = defaultRegions, spot = false }: OfferChoice): Offer[] {
  return Object.entries(clouds).flatMap(([name, region]) => {
    const cloud = pricedClouds.find((each) => each === name);
    if (cloud === undefined)
      throw new CannotRun(`clouds.${name}: there is no such cloud; there are ${pricedClouds.join(", ")}`);
    if (!regions(cloud).includes(region))
      throw new CannotRun(
        `clouds.${name}: the price tables do not have ${region}; they have ${regions(cloud).join(", ")}`,
      );
    return offersIn(cloud, region, spot);
  });
}

function offersIn(cloud: PricedCloud, region: string, spot: boolean): Offer[] {
  return machineOffers(cloud)
    .filter((offer) => offer.region === region && !offer.burstable)
    .flatMap((offer) =>
      (spot ? (["on-demand", "spot"] as const) : (["on-demand"] as const)).map((purchase): Offer => {
        const { usdPerHour, doubtful, sources } = offer.prices[purchase];
        return {
          cloud,
          region,
          machineType: offer.machineType,
          ...(offer.accelerator !== undefined && { accelerator: offer.accelerator }),
          acceleratorCount: offer.acceleratorCount,
          vcpus: offer.vcpus,
          memoryGib: offer.memoryGib,
          spot: purchase === "spot",
          usdPerHour,
          ...(doubtful !== undefined && { doubtful }),
          sources: sources.map(({ source, commit, retrieved }) => ({
            source,
            ...(commit !== undefined && { commit }),
            retrieved,
          })),
        };
      }),
    );
}

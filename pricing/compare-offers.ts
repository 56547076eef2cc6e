import type { HourlyPrice, MachineOffer, Purchase } from "./machine-offers.ts";

/**
 * The order in which offers are preferred: trusted before doubtful before unknown prices of that purchase, then the
 * price, then the same of the other purchase, then fewer vCPUs, less memory, and the name.
 */
export function compareOffers(purchase: Purchase): (left: MachineOffer, right: MachineOffer) => number {
  const other: Purchase = purchase === "spot" ? "on-demand" : "spot";
  return (left, right) =>
    trust(left.prices[purchase]) - trust(right.prices[purchase]) ||
    amount(left.prices[purchase]) - amount(right.prices[purchase]) ||
    trust(left.prices[other]) - trust(right.prices[other]) ||
    amount(left.prices[other]) - amount(right.prices[other]) ||
    left.vcpus - right.vcpus ||
    left.memoryGib - right.memoryGib ||
    left.machineType.localeCompare(right.machineType, "en");
}

function trust(price: HourlyPrice): number {
  if (price.usdPerHour === "unknown") return 2;
  return price.doubtful ? 1 : 0;
}

/** For ordering only: unknown prices are equal among themselves, because `trust` has set them apart already. */
function amount(price: HourlyPrice): number {
  return price.usdPerHour === "unknown" ? 0 : price.usdPerHour;
}

import {
  type AttachableRow,
  loadAttachableAccelerators,
  loadMachineTypes,
  type MachineRow,
} from "./machine-rows.ts";
import type { Known, PricedCloud, Source } from "./row-schema.ts";

export type Purchase = "on-demand" | "spot";

/** A price in USD per hour of one machine with its accelerators. */
export interface HourlyPrice {
  usdPerHour: Known<number>;
  /** Why the price should not be trusted; absent when nothing speaks against it. */
  doubtful?: string;
  /** The rows that make up the price. */
  sources: Source[];
}

/** One machine type in one region, with the accelerators it has or that are attached to it. */
export interface MachineOffer {
  cloud: PricedCloud;
  region: string;
  machineType: string;
  vcpus: number;
  memoryGib: number;
  /** CPU credits instead of whole CPUs. */
  burstable: boolean;
  accelerator?: string;
  /** 0 without accelerator; below 1 for a share of one GPU. */
  acceleratorCount: number;
  /** The accelerator is not part of the machine type: the node pool has to ask for it. */
  acceleratorAttached: boolean;
  prices: Record<Purchase, HourlyPrice>;
}

const offersByCloud = new Map<PricedCloud, MachineOffer[]>();

/** Every machine that the cloud's table offers, in the order of the table. */
export function machineOffers(cloud: PricedCloud): readonly MachineOffer[] {
  const offers = offersByCloud.get(cloud) ?? buildOffers(loadMachineTypes(cloud), attachableTo(cloud));
  offersByCloud.set(cloud, offers);
  return offers;
}

function attachableTo(cloud: PricedCloud): AttachableRow[] {
  return loadAttachableAccelerators().filter((row) => row.cloud === cloud);
}

/** Exported for tests: the offers that rows make. */
export function buildOffers(
  rows: readonly MachineRow[],
  attachable: readonly AttachableRow[],
): MachineOffer[] {
  const accelerators = rows.filter((row) => row.machineType === undefined);
  const byMachine = new Map<string, [MachineRow, ...MachineRow[]]>();
  for (const row of rows) {
    if (row.machineType === undefined) continue;
    const group = byMachine.get(`${row.machineType} ${row.region}`);
    if (group) group.push(row);
    else byMachine.set(`${row.machineType} ${row.region}`, [row]);
  }
  return [...byMachine.values()].flatMap((group) => [
    offer(group[0], group, accelerators),
    ...attachedOffers(group[0], accelerators, attachable),
  ]);
}

function offer(
  row: MachineRow,
  group: readonly MachineRow[],
  accelerators: readonly MachineRow[],
): MachineOffer {
  const parts = group.map((each) =>
    each.priceIncludesAccelerators === false ? [each, acceleratorRow(each, accelerators)] : [each],
  );
  return toOffer(row, row.accelerator, row.acceleratorCount, false, parts);
}

function attachedOffers(
  row: MachineRow,
  accelerators: readonly MachineRow[],
  attachable: readonly AttachableRow[],
): MachineOffer[] {
  if (row.accelerator !== undefined) return [];
  const family = row.machineType?.split("-")[0];
  return attachable
    .filter((limit) => limit.machineFamily === family)
    .filter(
      (limit) => (row.vcpus ?? 0) <= limit.maximumVcpus && (row.memoryGib ?? 0) <= limit.maximumMemoryGib,
    )
    .flatMap((limit) => {
      const wanted = { ...row, accelerator: limit.accelerator, acceleratorCount: limit.acceleratorCount };
      const priced = acceleratorRow(wanted, accelerators);
      // Without a price row of its own the accelerator is not sold in that region.
      return priced ? [toOffer(row, limit.accelerator, limit.acceleratorCount, true, [[row, priced]])] : [];
    });
}

function acceleratorRow(machine: MachineRow, accelerators: readonly MachineRow[]): MachineRow | undefined {
  return accelerators.find(
    (row) =>
      row.region === machine.region &&
      row.accelerator === machine.accelerator &&
      row.acceleratorCount === machine.acceleratorCount,
  );
}

function toOffer(
  row: MachineRow,
  accelerator: string | undefined,
  acceleratorCount: number | undefined,
  acceleratorAttached: boolean,
  alternatives: readonly (readonly (MachineRow | undefined)[])[],
): MachineOffer {
  return {
    cloud: row.cloud,
    region: row.region,
    machineType: row.machineType as string,
    vcpus: row.vcpus as number,
    memoryGib: row.memoryGib as number,
    burstable: row.burstable,
    ...(accelerator === undefined ? {} : { accelerator }),
    acceleratorCount: acceleratorCount ?? 0,
    acceleratorAttached,
    prices: {
      "on-demand": bestPrice(
        alternatives.map((parts) => sumOfParts(parts, "onDemandUsdPerHour", "onDemand")),
      ),
      spot: bestPrice(alternatives.map((parts) => sumOfParts(parts, "spotUsdPerHour", "spot"))),
    },
  };
}

function sumOfParts(
  parts: readonly (MachineRow | undefined)[],
  column: "onDemandUsdPerHour" | "spotUsdPerHour",
  purchase: "onDemand" | "spot",
): HourlyPrice {
  const values = parts.map((part): Known<number> => part?.[column] ?? "unknown");
  const known = values.filter((value) => value !== "unknown");
  const present = parts.filter((part) => part !== undefined);
  const reasons = present.flatMap((part) => part.doubtful[purchase] ?? []);
  return {
    usdPerHour: known.length === values.length ? known.reduce((sum, value) => sum + value, 0) : "unknown",
    ...(reasons.length > 0 ? { doubtful: reasons.join("; ") } : {}),
    sources: present.map(({ source, commit, retrieved }) => ({ source, commit, retrieved })),
  };
}

/** Of several tellings of one price: the first that nothing speaks against, else the first known. */
function bestPrice(prices: readonly HourlyPrice[]): HourlyPrice {
  const known = prices.filter((each) => each.usdPerHour !== "unknown");
  return (known.find((each) => !each.doubtful) ?? known[0] ?? prices[0]) as HourlyPrice;
}

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadMachineTypes } from "../machine-rows.ts";
import type { PricedCloud } from "../row-schema.ts";
import { applyMachines, applyReservations, applyServices, type RowChange } from "./apply-prices.ts";
import { createReader } from "./create-reader.ts";
import type { FoundPrice, ReaderOptions, Wanted } from "./price-reader.ts";

export interface RefreshOptions extends ReaderOptions {
  cloud: PricedCloud;
  /** Of the tables. */
  folder: string;
  /** The day that the rows get, such as 2026-11-28. */
  today: string;
  /** Only these. Default: the regions that the cloud's table has. */
  regions?: readonly string[] | undefined;
  /** Tell what would change and leave the tables as they are. Default: false. */
  dryRun?: boolean | undefined;
}

export interface Refreshed {
  cloud: PricedCloud;
  changes: RowChange[];
  /** Why nothing was asked. */
  skipped?: string;
}

/**
 * Reads a cloud's own prices into the tables. Everything is read before anything is written, and each table is
 * replaced at once: a broken answer leaves them as they were.
 * @throws Error when the price interface does not answer, or in another form than the documented one.
 */
export async function refreshPrices(options: RefreshOptions): Promise<Refreshed> {
  const { cloud, folder, today } = options;
  const reader = createReader(cloud);
  const skipped = reader.lacks(options);
  if (skipped !== undefined) return { cloud, changes: [], skipped };
  const found: FoundPrice[] = [];
  for await (const price of reader.read(wantedOf(cloud, options.regions), options)) found.push(price);
  const services = applyServices(read(folder, "services.csv"), cloud, found, today);
  const machines = applyMachines(read(folder, `${cloud}.csv`), found, today);
  const reservations = applyReservations(read(folder, "reservations.csv"), cloud, found, today);
  if (!options.dryRun) {
    replace(folder, "reservations.csv", reservations.text);
    replace(folder, "services.csv", services.text);
    replace(folder, `${cloud}.csv`, machines.text);
  }
  return { cloud, changes: [...machines.changes, ...reservations.changes, ...services.changes] };
}

function wantedOf(cloud: PricedCloud, only: readonly string[] | undefined): Wanted {
  const rows = loadMachineTypes(cloud);
  const machines = new Map(
    rows.flatMap(({ machineType, vcpus, memoryGib }) =>
      machineType === undefined || vcpus === undefined || memoryGib === undefined
        ? []
        : [[machineType, { machineType, vcpus, memoryGib }] as const],
    ),
  );
  const accelerators = new Map(
    rows.flatMap(({ machineType, accelerator, acceleratorCount }) =>
      machineType !== undefined || accelerator === undefined || acceleratorCount === undefined
        ? []
        : [[`${accelerator} ${acceleratorCount}`, { accelerator, acceleratorCount }] as const],
    ),
  );
  return {
    regions: only ?? [...new Set(rows.map(({ region }) => region))],
    machines: [...machines.values()],
    accelerators: [...accelerators.values()],
  };
}

function read(folder: string, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

function replace(folder: string, name: string, text: string): void {
  const next = join(folder, `.${name}.next`);
  writeFileSync(next, text);
  renameSync(next, join(folder, name));
}

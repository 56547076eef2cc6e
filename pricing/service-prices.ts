import { z } from "zod";
import { readTable } from "./csv.ts";
import {
  type Known,
  optionalText,
  type PricedCloud,
  pricedClouds,
  provenance,
  type Source,
  sourceColumns,
} from "./row-schema.ts";

/** 0 is allowed here: some control planes cost nothing. */
const unitPrice = z
  .string()
  .transform((text): Known<number> => (text === "" ? "unknown" : Number(text)))
  .refine((value) => value === "unknown" || value >= 0, "a number of at least 0, or empty when unknown");

const serviceSchema = z.strictObject({
  cloud: z.enum(pricedClouds),
  service: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/),
  region: z.string().min(1),
  unit: z.string().min(1),
  unitPriceUsd: unitPrice,
  ...sourceColumns,
  doubtful: optionalText,
});

export interface ServicePrice {
  service: string;
  /** What the price is for, e.g. `GB month`. */
  unit: Known<string>;
  unitPriceUsd: Known<number>;
  doubtful?: string;
  source: Source;
}

type ServiceRow = z.output<typeof serviceSchema>;
let table: ServiceRow[] | undefined;

/** Every row of the table of services, checked. */
export function loadServicePrices(): readonly ServiceRow[] {
  table ??= readTable("services.csv", serviceSchema);
  return table;
}

/** The price of a service in a region: its own row, else the row for every other region, else unknown. */
export function servicePrice(cloud: PricedCloud, service: string, region: string): ServicePrice {
  const rows = loadServicePrices().filter((row) => row.cloud === cloud && row.service === service);
  const row = rows.find((each) => each.region === region) ?? rows.find((each) => each.region === "*");
  if (!row) {
    const source = { source: "not in the table", commit: "", retrieved: "" };
    return { service, unit: "unknown", unitPriceUsd: "unknown", source };
  }
  return {
    service,
    unit: row.unit,
    unitPriceUsd: row.unitPriceUsd,
    ...provenance(row),
  };
}

import { z } from "zod";
import { accelerators } from "./accelerators.ts";
import { readTable } from "./csv.ts";
import type { MachineOffer, Purchase } from "./machine-offers.ts";
import {
  type Known,
  optionalText,
  type PricedCloud,
  pricedClouds,
  provenance,
  type Source,
  sourceColumns,
} from "./row-schema.ts";

const names = ["*", ...accelerators.map((accelerator) => accelerator.name)] as [string, ...string[]];

const quotaSchema = z.strictObject({
  cloud: z.enum(pricedClouds),
  machineType: z.string().transform((pattern) => new RegExp(`^(?:${pattern})$`)),
  accelerator: optionalText.pipe(z.enum(names).optional()),
  purchase: z.enum(["on-demand", "spot"]),
  quota: optionalText,
  name: z.string().min(1),
  dimensions: z.string().regex(/^([a-z_]+=[A-Z0-9_]+)?$/),
  unit: z.enum(["vCPU", "GPU"]),
  scope: z.enum(["region", "global"]),
  ...sourceColumns,
  doubtful: optionalText,
});

/** What one node takes of one of the account's quotas. */
export interface QuotaNeed {
  /** The name in the cloud's interface (quota code, family, metric), or unknown. */
  quota: Known<string>;
  /** The name for people. */
  name: string;
  /** Further keys of the quota, e.g. gpu_family. */
  dimensions: Record<string, string>;
  unit: "vCPU" | "GPU";
  /** Units that one node takes. */
  perNode: number;
  scope: "region" | "global";
  /** Why the quota is unknown, or its name should not be trusted. */
  doubtful?: string;
  source: Source;
}

type QuotaRow = z.output<typeof quotaSchema>;
let table: QuotaRow[] | undefined;

/** Every row of the quota table, checked. */
export function loadQuotaFamilies(): readonly QuotaRow[] {
  table ??= readTable("quota-families.csv", quotaSchema);
  return table;
}

/**
 * The quotas that a node of the machine type counts against. Empty: the table knows none, which means unknown, not
 * unlimited. Names of azure differ between its interfaces in case and spaces: compare them with `sameQuotaName`.
 */
export function quotasOf(
  machine: Pick<MachineOffer, "cloud" | "machineType" | "vcpus" | "accelerator" | "acceleratorCount">,
  purchase: Purchase,
): QuotaNeed[] {
  return rowsFor(machine.cloud, machine.machineType, machine.accelerator, purchase).map((row) => ({
    quota: row.quota ?? "unknown",
    name: row.name,
    dimensions: row.dimensions === "" ? {} : Object.fromEntries([row.dimensions.split("=")]),
    unit: row.unit,
    perNode: row.unit === "GPU" ? machine.acceleratorCount : machine.vcpus,
    scope: row.scope,
    ...provenance(row),
  }));
}

export function sameQuotaName(left: string, right: string): boolean {
  const plain = (name: string) => name.replaceAll(" ", "").toLowerCase();
  return plain(left) === plain(right);
}

function rowsFor(
  cloud: PricedCloud,
  machineType: string,
  accelerator: string | undefined,
  purchase: Purchase,
): QuotaRow[] {
  return loadQuotaFamilies()
    .filter((row) => row.cloud === cloud && row.purchase === purchase && row.machineType.test(machineType))
    .filter((row) => {
      if (row.accelerator === undefined) return true;
      return row.accelerator === "*" ? accelerator !== undefined : row.accelerator === accelerator;
    });
}

import { z } from "zod";
import { accelerators } from "./accelerators.ts";
import { readTable } from "./csv.ts";
import {
  count,
  optionalText,
  type PricedCloud,
  positive,
  price,
  pricedClouds,
  sourceColumns,
} from "./row-schema.ts";

const acceleratorName = optionalText.pipe(
  z.enum(accelerators.map((accelerator) => accelerator.name) as [string, ...string[]]).optional(),
);
const optionalCount = z.union([z.literal("").transform(() => undefined), count]);
const optionalPositive = z.union([z.literal("").transform(() => undefined), positive]);
const yesOrNo = z.enum(["yes", "no"]).transform((word) => word === "yes");

/** `on-demand: reason` or `spot: reason`; several are separated by semicolons. */
const doubtful = z.string().transform((text, context) => {
  const reasons: { onDemand?: string; spot?: string } = {};
  for (const part of text === "" ? [] : text.split("; ")) {
    const [, purchase, reason] = /^(on-demand|spot): (.+)$/.exec(part) ?? [];
    if (!reason)
      context.addIssue({ code: "custom", message: `"${part}" is neither "on-demand: …" nor "spot: …"` });
    else reasons[purchase === "spot" ? "spot" : "onDemand"] = reason;
  }
  return reasons;
});

const rowSchema = z
  .strictObject({
    cloud: z.enum(pricedClouds),
    machineType: optionalText,
    vcpus: optionalPositive,
    memoryGib: optionalPositive,
    accelerator: acceleratorName,
    acceleratorCount: optionalCount,
    priceIncludesAccelerators: z.union([z.literal("").transform(() => undefined), yesOrNo]),
    burstable: yesOrNo,
    region: z.string().min(1),
    onDemandUsdPerHour: price,
    spotUsdPerHour: price,
    ...sourceColumns,
    doubtful,
  })
  .refine(
    (row) => row.machineType !== undefined || row.accelerator !== undefined,
    "neither machine nor accelerator",
  )
  .refine((row) => (row.machineType === undefined) === (row.vcpus === undefined), "a machine type has vcpus")
  .refine(
    (row) => (row.vcpus === undefined) === (row.memoryGib === undefined),
    "vcpus and memory go together",
  )
  .refine(
    (row) => (row.accelerator === undefined) === (row.acceleratorCount === undefined),
    "accelerators have a count",
  )
  .refine(
    (row) => (row.priceIncludesAccelerators === undefined) !== Boolean(row.machineType && row.accelerator),
    "say for a machine type with accelerators, and only there, whether its price includes them",
  );

/** A row of a cloud's table; see pricing/README.md for the meaning of each column. */
export type MachineRow = z.output<typeof rowSchema>;

const attachableSchema = z.strictObject({
  cloud: z.enum(pricedClouds),
  machineFamily: z.string().min(1),
  accelerator: acceleratorName,
  acceleratorCount: count,
  maximumVcpus: positive,
  maximumMemoryGib: positive,
  ...sourceColumns,
});

/** Accelerators that may be attached to a family's machine types, up to a size of machine. */
export type AttachableRow = z.output<typeof attachableSchema>;

const tables = new Map<PricedCloud, MachineRow[]>();
let attachable: AttachableRow[] | undefined;

/** Every row of the cloud's price table, checked. Throws an Error that names the line of a row that breaks the schema. */
export function loadMachineTypes(cloud: PricedCloud): readonly MachineRow[] {
  const rows = tables.get(cloud) ?? readTable(`${cloud}.csv`, rowSchema);
  tables.set(cloud, rows);
  return rows;
}

export function loadAttachableAccelerators(): readonly AttachableRow[] {
  attachable ??= readTable("attachable-accelerators.csv", attachableSchema);
  return attachable;
}

import { z } from "zod";
import { multipliers } from "../capacity/quantity.ts";
import { closedObject, name } from "./schema-parts.ts";

/** An amount that a task takes: what it cannot do without, and the most that it can use. Equal: exactly that. */
export interface AmountRange {
  minimum: number;
  maximum: number;
}

/** What a task needs while it runs. What is absent is not asked for. */
export interface Resources {
  /** Cores. */
  cpu?: AmountRange;
  /** Bytes. */
  memory?: AmountRange;
  /** Devices. */
  gpu?: AmountRange;
  /** The name of the accelerator, e.g. `l4`; absent: any. */
  gpuType?: string;
  /** Bytes of scratch space. */
  storage?: AmountRange;
  /** Mbit/s. */
  network?: AmountRange;
  /** The pool that it is taken from; absent: that of this machine or cluster. */
  pool?: string;
}

/** The resources that have an amount, in the order in which they are told. */
export const resourceNames = ["cpu", "memory", "gpu", "storage", "network"] as const;
export type ResourceName = (typeof resourceNames)[number];

const bytesPattern = /^(\d{1,15}(?:\.\d{1,9})?)(k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/;
const coresPattern = /^(\d{1,9}(?:\.\d{1,9})?)(m)?$/;

/** `4Gi` or `4G` or `4096` in bytes; undefined where it is no such amount. */
export function parseBytes(text: string): number | undefined {
  const [, digits, unit = ""] = bytesPattern.exec(text) ?? [];
  return digits === undefined ? undefined : Math.ceil(Number(digits) * (multipliers[unit] as number));
}

/** `2`, `0.5` or `500m` in cores; undefined where it is no such amount. */
export function parseCores(text: string): number | undefined {
  const [, digits, milli] = coresPattern.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return milli === undefined ? Number(digits) : Number(digits) / 1000;
}

/** Bytes as a number, or as people write them. */
export const bytesAmount = z.union([z.number().int().min(1), z.string()]).transform((value, context) => {
  const parsed = typeof value === "number" ? value : parseBytes(value);
  if (parsed !== undefined && parsed > 0) return parsed;
  context.addIssue({ code: "custom", message: "must be bytes, such as 500000, 512Mi or 4Gi" });
  return z.NEVER;
});

/** An amount as people write it: bytes as `4Gi`, everything else as the number it is. */
export function formatAmount(resource: ResourceName, amount: number): string {
  if (resource !== "memory" && resource !== "storage") return String(Number(amount.toFixed(3)));
  const unit = ["Pi", "Ti", "Gi", "Mi", "Ki"].find(
    (candidate) => amount >= (multipliers[candidate] as number),
  );
  return unit === undefined
    ? String(amount)
    : `${Number((amount / (multipliers[unit] as number)).toFixed(2))}${unit}`;
}

function range(amount: z.ZodType<number, number | string>, error: string) {
  return z
    .union([amount, closedObject({ minimum: amount, maximum: amount })], {
      error: `must be ${error}, or {minimum, maximum} of these`,
    })
    .transform(
      (value): AmountRange => (typeof value === "number" ? { minimum: value, maximum: value } : value),
    )
    .refine(({ minimum, maximum }) => minimum <= maximum, "minimum must not be above maximum");
}

const limit = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const bytes = z.union([
  limit.int(),
  z
    .string()
    .regex(bytesPattern)
    .transform((text) => parseBytes(text) as number),
]);
const cores = z.union([
  limit,
  z
    .string()
    .regex(coresPattern)
    .transform((text) => parseCores(text) as number),
]);
const bytesText = 'bytes as a whole number or as text such as "4Gi"';

/** `resources` of a task: amounts as people write them, parsed into ranges of plain numbers. */
export const resourcesSchema = closedObject({
  cpu: range(cores, 'cores: a number such as 2 or 0.5, or text such as "500m"').optional().describe("cores"),
  memory: range(bytes, bytesText).optional().describe("bytes"),
  gpu: range(limit.int(), "a whole number of GPUs").optional().describe("devices"),
  gpuType: z.string().min(1).max(100).optional().describe("name of the accelerator; default: any"),
  storage: range(bytes, bytesText).optional().describe("bytes of scratch space"),
  network: range(limit, "Mbit/s as a number").optional().describe("Mbit/s"),
  pool: name.optional().describe("taken from; default: that of this machine or cluster"),
}).refine(({ gpu, gpuType }) => gpuType === undefined || gpu !== undefined, {
  path: ["gpuType"],
  message: 'needs "gpu" beside it: how many',
});

import { z } from "zod";

/** Clouds with a price table. */
export const pricedClouds = ["aws", "azure", "gcp"] as const;
export type PricedCloud = (typeof pricedClouds)[number];

/** A number that no source gave is the word, never 0. */
export type Known<Value> = Value | "unknown";

/** Where a row comes from: a repository's file or an address, its commit where it has one, the day it was read. */
export interface Source {
  source: string;
  commit: string;
  retrieved: string;
}

export const sourceColumns = {
  source: z.string().min(1),
  commit: z.string().regex(/^([0-9a-f]{40}(; [0-9a-f]{40})*)?$/, "one or more full commit hashes, or empty"),
  retrieved: z.iso.date(),
};

/** Where a row's numbers come from, and why they should not be trusted where the table says so. */
export function provenance(row: Source & { doubtful?: string | undefined }): {
  doubtful?: string;
  source: Source;
} {
  const { source, commit, retrieved, doubtful } = row;
  return { ...(doubtful === undefined ? {} : { doubtful }), source: { source, commit, retrieved } };
}

/** An empty field is undefined. */
export const optionalText = z.string().transform((text) => text || undefined);

/** An empty field is unknown; 0 is refused, because no machine costs nothing. */
export const price = z
  .string()
  .transform((text): Known<number> => (text === "" ? "unknown" : Number(text)))
  .refine((value) => value === "unknown" || value > 0, "a positive number, or empty when unknown");

/** A count such as 8 or a fraction such as 1/6. */
export const count = z
  .string()
  .regex(/^[1-9]\d*(\/[1-9]\d*)?$/, "a count such as 8, or a fraction such as 1/6")
  .transform((text) => {
    const [numerator, denominator] = text.split("/").map(Number);
    return (numerator ?? Number.NaN) / (denominator ?? 1);
  });

export const positive = z.coerce.number().positive();

import { z } from "zod";
import { bytesAmount } from "../workflows/resources.ts";
import { closedObject } from "../workflows/schema-parts.ts";

const minimumMemory = 64 * 2 ** 20;

/** What work on a table may take. Memory is for tables and their processing; what does not fit goes to scratch space. */
export const dataLimits = closedObject({
  memory: bytesAmount
    .refine((value) => value >= minimumMemory, "must be at least 64Mi")
    .default(512 * 2 ** 20),
  threads: z.number().int().min(1).max(64).default(2),
  /** Of the data as it is collected. */
  bytes: bytesAmount.default(2 ** 30),
}).prefault({});

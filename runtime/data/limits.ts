import { z } from "zod";
import { parseBytes } from "../workflows/resources.ts";
import { closedObject } from "../workflows/schema-parts.ts";

const bytes = z.union([z.number().int().min(1), z.string()]).transform((value, context) => {
  const parsed = typeof value === "number" ? value : parseBytes(value);
  if (parsed !== undefined && parsed > 0) return parsed;
  context.addIssue({ code: "custom", message: "must be bytes, such as 500000, 512Mi or 4Gi" });
  return z.NEVER;
});

const minimumMemory = 64 * 2 ** 20;

/** What work on a table may take. Memory is for tables and their processing; what does not fit goes to scratch space. */
export const dataLimits = closedObject({
  memory: bytes.refine((value) => value >= minimumMemory, "must be at least 64Mi").default(512 * 2 ** 20),
  threads: z.number().int().min(1).max(64).default(2),
  /** Of the data as it is collected. */
  bytes: bytes.default(2 ** 30),
}).prefault({});

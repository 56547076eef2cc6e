import { z } from "zod";
import { defaultTimeout } from "../defaults.ts";
import { closedObject, retries, timeout } from "../schema-parts.ts";

/** The task that a map or a reduce carries out for each item: of any type that runs as steps. */
export const bodySchema = closedObject({
  uses: z.string(),
  with: z.record(z.string(), z.unknown()).default({}),
  /** Of one attempt at one item. */
  timeout: timeout.default(defaultTimeout),
  retries: retries.default({}),
});

export type Body = z.infer<typeof bodySchema>;

/** Items at the same time. */
export const concurrencySchema = z.number().int().min(1).max(1000).default(8);

import { z } from "zod";
import type { Range } from "../monthly-cost.ts";

const amount = z.number().nonnegative();
const quantity = z.union(
  [
    amount.transform((value): Range => ({ minimum: value, expected: value, maximum: value })),
    z
      .strictObject({ minimum: amount, expected: amount, maximum: amount })
      .refine(
        ({ minimum, expected, maximum }) => minimum <= expected && expected <= maximum,
        "minimum, expected and maximum must ascend",
      ),
  ],
  { error: "must be a number of at least 0, or {minimum, expected, maximum}" },
);

/** What of a resource depends on its use, in a month; each is a number or a range. */
const useSchema = z.strictObject({
  /** Buckets: GB kept. */
  storedGb: quantity.optional(),
  /** Buckets: requests that read, and that write or list. */
  readRequests: quantity.optional(),
  writeRequests: quantity.optional(),
  /** GB from a bucket or an address to the internet. */
  egressGb: quantity.optional(),
  /** Queues: requests to send, receive and delete. */
  messages: quantity.optional(),
  /** Queues that bill by volume: KiB of a message. */
  messageKib: quantity.optional(),
  /** Logs: GB taken in, and GB kept past what is free. */
  logGb: quantity.optional(),
  keptLogGb: quantity.optional(),
  /** GB through a NAT gateway, a private endpoint, a load balancer. */
  natGb: quantity.optional(),
  endpointGb: quantity.optional(),
  loadBalancerGb: quantity.optional(),
  /** Load balancers that bill by it: capacity units, in use all month long. */
  loadBalancerCapacityUnits: quantity.optional(),
  /** GB of images in a registry. */
  imageGb: quantity.optional(),
  /** Requests to a key. */
  keyRequests: quantity.optional(),
  /** Requests that read or write a secret. */
  secretRequests: quantity.optional(),
  /** GB of snapshots. */
  snapshotGb: quantity.optional(),
  /** Node pools: nodes all month long, between the pool's minimum and maximum. */
  expectedNodes: amount.optional(),
  /** Node pools with accelerators: hours of all their nodes together; `expectedNodes` goes before it. */
  gpuNodeHours: amount.optional(),
});

export const usageSchema = z.strictObject({
  /** Of every resource that has no number of its own. */
  default: useSchema.default({}),
  /** By the name of a resource, or by its URN where names are not unique. */
  resources: z.record(z.string().min(1), useSchema).default({}),
});

export type Use = z.output<typeof useSchema>;
export type UseKey = keyof Use;
export type Usage = z.output<typeof usageSchema>;

/** What the usage tells of a resource: by its URN, by its name, by default. */
export function useOf<Key extends UseKey>(
  usage: Usage | undefined,
  { urn, name }: { urn: string; name: string },
  key: Key,
): Use[Key] {
  const own = usage?.resources;
  return own?.[urn]?.[key] ?? own?.[name]?.[key] ?? usage?.default[key];
}

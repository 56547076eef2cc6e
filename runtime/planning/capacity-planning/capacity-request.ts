import { z } from "zod";

const amount = z
  .number({ error: "must be a number of 0 or more" })
  .refine((value) => value >= 0, "must be a number of 0 or more");
const positive = z
  .number({ error: "must be a number above 0" })
  .refine((value) => value > 0, "must be a number above 0");
const text = z.string().min(1).max(200);

/** Where a price was read, and when. */
const sourceSchema = z.strictObject({
  source: z.string(),
  commit: z.string().optional(),
  retrieved: z.string(),
});

/** A machine type that nodes can be of, as somebody sells it. */
export const offerSchema = z.strictObject({
  cloud: text,
  region: text,
  machineType: text,
  /** Name of the accelerator, as in `gpu/TYPE`. Default: none. */
  accelerator: text.optional(),
  /** GPUs of one node; below 1 for a share of one. */
  acceleratorCount: amount.default(0),
  vcpus: positive,
  memoryGib: positive,
  /** Bought as capacity that may be taken away. */
  spot: z.boolean().default(false),
  usdPerHour: z.union([amount, z.literal("unknown")]),
  /** Why the price should not be trusted. */
  doubtful: z.string().optional(),
  sources: z.array(sourceSchema).default([]),
});

const workloadSchema = z.strictObject({
  /**
   * One run, as a planning problem. Its needs of `cpu` (cores), `memory` (GiB), `gpu` and `gpu/TYPE` are what nodes are
   * chosen for; other resources are as it says.
   */
  problem: z.looseObject({}),
  /** Runs a day, spread evenly. */
  perDay: positive,
  /** Seconds within which a run has to end. Default: that of the request. */
  deadline: positive.optional(),
});

export const capacityRequestSchema = z.strictObject({
  workloads: z
    .record(text, workloadSchema)
    .refine((workloads) => Object.keys(workloads).length > 0, "must hold at least one workload"),
  offers: z.array(offerSchema).min(1, "must hold at least one offer").max(5000),
  /** Seconds within which each run has to end. With it, the cheapest pools that meet it are looked for. */
  deadline: positive.optional(),
  /** USD a day that all may cost. With it and no deadline, the fastest pools within it. */
  budget: positive.optional(),
  /** Nodes of one pool at most. */
  maximumNodes: z.int().min(1).max(64).default(8),
  /** Pools have no nodes while nothing runs, and are billed by their hours. Else day and night. */
  scaleToZero: z.boolean().default(true),
  /** Seconds that a node takes to start, and is billed for. */
  startSeconds: amount.default(180),
  /** Seconds that a node stays after its last task. */
  idleSeconds: amount.default(600),
});

export type Offer = z.infer<typeof offerSchema>;
export type CapacityRequest = z.infer<typeof capacityRequestSchema>;

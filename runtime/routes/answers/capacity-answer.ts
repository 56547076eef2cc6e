import { z } from "zod";

const offer = z.looseObject({
  cloud: z.string(),
  region: z.string(),
  machineType: z.string(),
  usdPerHour: z.union([z.number(), z.literal("unknown")]),
});

const pools = z.object({
  pools: z.array(
    z.object({
      group: z.string(),
      offer,
      nodes: z.int(),
      nodeHoursPerDay: z.number(),
      usdPerDay: z.number(),
      utilisation: z.number(),
    }),
  ),
  usdPerDay: z.number(),
  usdPerMonth: z.number(),
  workloads: z.array(
    z.object({
      workload: z.string(),
      makespan: z.number(),
      deadline: z.number().optional(),
      meetsDeadline: z.boolean(),
    }),
  ),
  meetsDeadlines: z.boolean(),
  isOverloaded: z.boolean(),
});

/** Which nodes to have; seconds and USD. */
export const capacityAnswer = z
  .object({
    best: pools.optional(),
    byCloud: z.record(z.string(), pools.optional()),
    whatIf: z.array(
      z.object({
        group: z.string(),
        change: z.union([z.literal(1), z.literal(-1)]),
        result: pools.optional(),
      }),
    ),
    reasons: z.array(z.string()),
    unpriced: z.array(offer),
  })
  .meta({ id: "CapacityPlan" });

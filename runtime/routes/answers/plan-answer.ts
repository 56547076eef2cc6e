import { z } from "zod";

const seconds = z.number();
const amounts = z.record(z.string(), z.number());

const reason = z.looseObject({
  kind: z.enum(["none", "release", "predecessor", "resource", "window", "choice"]),
});

const plannedTask = z.object({
  name: z.string(),
  start: seconds,
  end: seconds,
  duration: seconds,
  mode: z.int(),
  levels: amounts,
  slack: seconds,
  isCritical: z.boolean(),
  reasons: z.array(reason),
  deadline: seconds.optional(),
  late: z.object({ seconds, why: z.string() }).optional(),
  cost: z.number().optional(),
});

const plannedResource = z.object({
  name: z.string(),
  unit: z.string(),
  usage: z.array(z.object({ from: seconds, to: seconds, used: z.number(), available: z.number() })),
  utilisation: z.number(),
  cost: z.number().optional(),
});

const part = z.object({ value: z.number(), factor: z.number() });

/** A plan; all times are seconds from its start. */
export const planAnswer = z
  .object({
    strategy: z.string(),
    makespan: seconds,
    objective: z.object({
      value: z.number(),
      parts: z.object({ makespan: part, weightedCompletion: part, exceptionCost: part, money: part }),
    }),
    bound: z.object({ value: z.number(), by: z.string() }),
    gap: z.number(),
    isProven: z.boolean(),
    tasks: z.array(plannedTask),
    resources: z.array(plannedResource),
    criticalPath: z.array(z.string()),
    schedules: z.int(),
  })
  .meta({ id: "Plan" });

export const allocationAnswer = z
  .discriminatedUnion("status", [
    z.object({
      status: z.literal("optimal"),
      amounts: z.record(z.string(), amounts),
      cost: z.number(),
      stages: z.array(z.array(z.string())),
      shadowPrices: z.array(z.object({ resource: z.string(), stage: z.int(), saves: z.number() })),
    }),
    z.object({
      status: z.literal("infeasible"),
      reasons: z.array(z.string()),
      shortages: z.array(
        z.object({
          stage: z.int(),
          tasks: z.array(z.string()),
          demanded: z.number(),
          available: z.number(),
          missing: z.number(),
        }),
      ),
      cheapest: z.number().optional(),
      stages: z.array(z.array(z.string())),
    }),
  ])
  .meta({ id: "Allocation" });

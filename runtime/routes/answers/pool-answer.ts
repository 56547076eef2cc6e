import { z } from "zod";

const amount = z.number().optional();
const range = z.object({ minimum: z.number(), maximum: z.number() }).optional();
const amounts = z
  .object({
    cpu: amount,
    memory: amount,
    storage: amount,
    network: amount,
    gpus: z.record(z.string(), z.number()),
  })
  .meta({ id: "Amounts", description: "an amount that is missing is not known, and not limited" });
/** What a task may use. */
export const grant = z
  .object({
    cpu: amount,
    memory: amount,
    gpu: amount,
    gpuType: z.string().optional(),
    storage: amount,
    network: amount,
  })
  .meta({ id: "Grant" });
const holder = z.object({
  run: z.string(),
  workflow: z.string(),
  task: z.string(),
  grant,
});
const waiting = z.object({
  run: z.string(),
  workflow: z.string(),
  task: z.string(),
  resources: z.looseObject({ cpu: range, memory: range, gpu: range, storage: range, network: range }),
  priority: z.int(),
  rank: z.number().optional(),
});

export const poolsAnswer = z.object({
  pools: z.array(
    z
      .object({
        name: z.string(),
        total: amounts,
        largest: amounts,
        holders: z.array(holder),
        waiting: z.array(waiting),
      })
      .meta({ id: "Pool" }),
  ),
});

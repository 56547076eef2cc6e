import { z } from "zod";

const summary = z.looseObject({
  name: z.string(),
  revision: z.int().optional(),
  changedAt: z.string().optional(),
  kind: z.string().optional(),
});

export const routesAnswer = z.object({ routes: z.array(summary) });
export const routeAnswer = summary
  .extend({
    route: z.record(z.string(), z.unknown()).optional(),
    history: z.array(z.record(z.string(), z.unknown())).meta({ description: "newest first" }),
    rewards: z.record(z.string(), z.object({ count: z.number(), mean: z.number().nullable() })).optional(),
  })
  .meta({ id: "RouteState" });

import { z } from "zod";

/*
 * Resource allocation: how much of which resource each task gets, where demands are lower bounds and each unit has a
 * cost. Without times: tasks that run at the same time share what there is, tasks that run one after the other each
 * may have all of it.
 */

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._/ -]{0,127}$/,
    "must be a name of 1 to 128 letters, digits, dots, slashes, hyphens",
  );
const amount = z
  .number({ error: "must be a number of 0 or more" })
  .refine((value) => value >= 0, "must be a number of 0 or more");

const resourceSchema = z.strictObject({
  /** Units there are at any moment. */
  capacity: amount,
  /** Money for one unit that a task gets, where the task has no cost of its own for it. Default 0. */
  unitCost: amount.optional(),
  /** Units there are in single stages (1 is the first), instead of the capacity. */
  availability: z
    .record(z.string().regex(/^[1-9]\d*$/, "must be the number of a stage, from 1"), amount)
    .optional(),
});

const taskSchema = z.strictObject({
  /** Units that it gets at least, over all resources together. */
  demand: amount,
  /** Units that it gets at most. Default: no limit. */
  maximum: amount.optional(),
  /** Resource → money for one unit of it for this task. A resource that is not named costs its own `unitCost`. */
  unitCosts: z.record(z.string(), amount).optional(),
  /** The resources that it may use. Default: all. */
  resources: z.array(z.string()).min(1, "must name at least one resource").optional(),
  /** Tasks that end before it starts; only with `order: dependencies`. */
  predecessors: z.array(z.string()).optional(),
});

/** The JSON or YAML form of an allocation problem; what names refer to is checked by parseAllocation. */
export const allocationSchema = z.strictObject({
  resources: z
    .record(name, resourceSchema)
    .refine((resources) => Object.keys(resources).length > 0, "must hold at least one resource"),
  tasks: z
    .record(name, taskSchema)
    .refine((tasks) => Object.keys(tasks).length > 0, "must hold at least one task"),
  /**
   * `together`: all tasks run at the same time. `chain`: one after the other, in the order of the file.
   * `dependencies`: in stages, a task in the stage after the last of its predecessors; tasks of one stage run at the
   * same time. Default: `dependencies`.
   */
  order: z.enum(["together", "chain", "dependencies"]).default("dependencies"),
  /** Money that the whole may cost. Default: no limit. */
  budget: amount.optional(),
});

export type AllocationProblem = z.infer<typeof allocationSchema>;

/** A stage whose tasks want more than there is. */
export interface Shortage {
  /** From 1. */
  stage: number;
  /** Tasks that run in it, at the same time. */
  tasks: string[];
  /** Units that its tasks ask for together. */
  demanded: number;
  /** Units of the resources that they may use. */
  available: number;
  /** Units that would have to be added. */
  missing: number;
}

/** Task → resource → units. */
export type Amounts = Record<string, Record<string, number>>;

export interface AllocationAnswer {
  status: "optimal";
  amounts: Amounts;
  cost: number;
  /** Tasks that run at the same time, in the order in which the stages follow each other. */
  stages: string[][];
  /**
   * Of each resource with a stage in which all of it is used: what one unit more would save there, 0 where it would
   * save nothing (the dual value of the capacity).
   */
  shadowPrices: { resource: string; stage: number; saves: number }[];
}

export interface AllocationRefusal {
  status: "infeasible";
  /** One sentence for each constraint that cannot be kept, with the missing amount. */
  reasons: string[];
  shortages: Shortage[];
  /** What the cheapest allocation costs, where only the budget is in its way. */
  cheapest: number | undefined;
  stages: string[][];
}

import { z } from "zod";

/*
 * The resource-constrained project scheduling problem with its usual extensions: several modes a task, release and
 * due dates, weights, capacity that varies over time (Brucker, Drexl, Möhring, Neumann, Pesch: Resource-constrained
 * project scheduling: notation, classification, models, and methods, European Journal of Operational Research 112,
 * 1999). All times are seconds from the start of the plan.
 */

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?$/;

const name = (what: string) =>
  z
    .string()
    .regex(
      NAME,
      `must be the name of a ${what}: 1 to 128 letters, digits, dots, slashes, hyphens, underscores`,
    );

/** A finite number; the message says which it must be. */
const number = (requirement: string, isRight: (value: number) => boolean) =>
  z.number({ error: `must be a number, ${requirement}` }).refine(isRight, `must be ${requirement}`);

const amount = number("0 or more", (value) => value >= 0);
const time = number("0 or more, in seconds", (value) => value >= 0);
const probability = number("from 0 to 1", (value) => value >= 0 && value <= 1);

const windowSchema = z.strictObject({
  /** Start of the window, seconds. */
  from: time,
  /** End of the window, seconds, not part of it. */
  to: time,
  /** What there is within the window, instead of the resource's capacity. */
  capacity: amount,
});

const resourceSchema = z.strictObject({
  /** What there is of it at any time outside the windows. */
  capacity: amount,
  /** Times at which there is more or less; they do not overlap. */
  windows: z.array(windowSchema).optional(),
  /** Money for one unit during one hour. Default 0. */
  price: amount.optional(),
  /** How one of it is called, for people, such as `GPU` or `GB`. */
  unit: z.string().max(40).optional(),
});

const durationSchema = z.union(
  [
    time,
    z.strictObject({
      /** The mean, seconds; what is planned with. */
      expected: time,
      /** Half of the tasks take no longer, seconds. */
      p50: time.optional(),
      /** Nine of ten tasks take no longer, seconds. */
      p90: time.optional(),
    }),
  ],
  { error: "must be seconds, 0 or more, or {expected, p50, p90}" },
);

const needSchema = z.union([amount, z.strictObject({ minimum: amount, maximum: amount })], {
  error: "must be a number, 0 or more, or {minimum, maximum}",
});

const modeSchema = z.strictObject({
  needs: z.record(z.string(), amount).default({}),
  duration: durationSchema,
});

const taskSchema = z.strictObject({
  /** How long it takes, whatever it gets; one of `duration`, `durations` and `modes` is given. */
  duration: durationSchema.optional(),
  /** How much it holds of each resource while it runs. A range says that each level of it will do. */
  needs: z.record(z.string(), needSchema).optional(),
  /** How long it takes at each level of the one need that is a range, such as `{"3": 14400, "4": 10800}`. */
  durations: z.record(z.string(), durationSchema).optional(),
  /** The ways in which it can be done, written out, where `needs` and `durations` cannot say it. */
  modes: z.array(modeSchema).min(1, "must have at least one mode").optional(),
  /** Weight of its completion time. Default 1. */
  weight: amount.optional(),
  /** It does not start before, seconds. Default 0. */
  release: time.optional(),
  /** By when it should have ended, seconds. A plan may miss it: it then pays the exception cost. Default: none. */
  deadline: time.optional(),
  /** What an exception of this task costs: certain where it ends after its deadline. Default 0. */
  exceptionCost: amount.optional(),
  /** How likely an exception is where it keeps its deadline. Default 0. */
  exceptionProbability: probability.optional(),
  /** Tasks that have ended before it starts. */
  predecessors: z.array(z.string()).optional(),
});

const objectiveSchema = z.strictObject({
  /** Factor of the time at which the last task ends, seconds. */
  makespan: amount.optional(),
  /** Factor of Σ weight × completion, seconds. */
  weightedCompletion: amount.optional(),
  /** Factor of Σ exceptionCost × (1 where late, else exceptionProbability). */
  exceptionCost: amount.optional(),
  /** Factor of Σ price × need × hours. */
  money: amount.optional(),
});

/** The JSON or YAML form of a problem; what names refer to is checked by parseProblem. */
export const problemSchema = z.strictObject({
  resources: z.record(name("resource"), resourceSchema),
  tasks: z.record(name("task"), taskSchema),
  /** What a plan minimises: the sum of the parts, each times its factor. Default: the makespan. */
  objective: objectiveSchema.optional(),
});

export type PlanningProblem = z.infer<typeof problemSchema>;
export type ResourceDescription = z.infer<typeof resourceSchema>;
export type TaskDescription = z.infer<typeof taskSchema>;
export type DurationDescription = z.infer<typeof durationSchema>;
export type Objective = z.infer<typeof objectiveSchema>;

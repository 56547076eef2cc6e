import { z } from "zod";
import type { TensorMetadata } from "../inference.ts";

const seconds = z.number().min(0).max(3600);

const padding = z.strictObject({
  /** The dimension, from 1, that requests of one batch may differ in. */
  axis: z.number().int().min(1).max(15),
  /** By input: what fills the shorter ones up to the longest of the batch. */
  inputs: z
    .record(z.string(), z.number())
    .refine((inputs) => Object.keys(inputs).length > 0, "must name an input"),
  /** Outputs that are cut to the request's own length again. Default: none. */
  outputs: z.array(z.string()).optional(),
});

/** How a version puts requests together to one run of the graph. */
export const batchingSchema = z.strictObject({
  /** Rows (first dimension) that one batch may have; a single request may have more, and then runs alone. Default 32. */
  maximumSize: z.number().int().min(1).max(65_536).optional(),
  /**
   * How long a request may wait for others although a worker is free; timers count whole milliseconds. Default 0: a
   * batch is what waits when a worker becomes free.
   */
  maximumDelaySeconds: z.number().min(0).max(10).optional(),
  /** Sizes that start at once where the delay would still wait. Default: only the maximum does. */
  preferredSizes: z.array(z.number().int().min(1)).min(1).max(64).optional(),
  /** Where the graph's result does not depend on filled-up elements, e.g. by an attention mask. Default: none. */
  padding: padding.optional(),
});

export const queueSchema = z.strictObject({
  /** Requests that may wait; beyond it they are turned away at once (503). Default 1000. */
  maximumLength: z.number().int().min(1).max(1_000_000).optional(),
  /** How long a request may wait. Default: as long as the request itself allows. */
  timeoutSeconds: seconds.positive().optional(),
  /** `reject` (503), or `delay`: behind all of its level that still have time. Default `reject`. */
  onTimeout: z.enum(["reject", "delay"]).optional(),
  /** Levels of priority, 1 the highest; a request's level beyond them is the default one. Default 1: no difference. */
  priorityLevels: z.number().int().min(1).max(100).optional(),
  /** Of requests that name none. Default: the middle level. */
  defaultPriority: z.number().int().min(1).optional(),
});

export type Batching = z.infer<typeof batchingSchema>;
export type QueueSettings = z.infer<typeof queueSchema>;
export type Padding = z.infer<typeof padding>;

/** The settings with their defaults. */
export interface Scheduling {
  batching:
    | {
        maximumSize: number;
        maximumDelaySeconds: number;
        preferredSizes: number[];
        padding: Padding | undefined;
      }
    | undefined;
  queue: {
    maximumLength: number;
    timeoutSeconds: number | undefined;
    onTimeout: "reject" | "delay";
    priorityLevels: number;
    defaultPriority: number;
  };
}

export function withDefaults({
  batching,
  queue = {},
}: {
  batching?: Batching | undefined;
  queue?: QueueSettings | undefined;
}): Scheduling {
  const { priorityLevels = 1 } = queue;
  return {
    batching: batching && {
      maximumSize: batching.maximumSize ?? 32,
      maximumDelaySeconds: batching.maximumDelaySeconds ?? 0,
      preferredSizes: batching.preferredSizes ?? [],
      padding: batching.padding,
    },
    queue: {
      maximumLength: queue.maximumLength ?? 1000,
      timeoutSeconds: queue.timeoutSeconds,
      onTimeout: queue.onTimeout ?? "reject",
      priorityLevels,
      defaultPriority: queue.defaultPriority ?? Math.ceil(priorityLevels / 2),
    },
  };
}

interface Scheduled {
  inputs: TensorMetadata[];
  outputs: TensorMetadata[];
  batching?: Batching | undefined;
  queue?: QueueSettings | undefined;
}

type Report = (path: (string | number)[], message: string) => void;

/** What of the settings does not fit the model's tensors, or itself. */
export function checkScheduling(model: Scheduled, report: Report): void {
  const { batching, queue } = withDefaults(model);
  if (queue.defaultPriority > queue.priorityLevels)
    report(["queue", "defaultPriority"], `must be at most priorityLevels, which is ${queue.priorityLevels}`);
  if (batching === undefined) return;
  for (const kind of ["inputs", "outputs"] as const)
    for (const { name, shape } of model[kind])
      if (shape[0] !== -1)
        report(
          ["batching"],
          `needs a free first dimension (-1) in all inputs and outputs; ${name} has shape [${shape.join(", ")}]`,
        );
  batching.preferredSizes.forEach((size, index) => {
    if (size > batching.maximumSize)
      report(
        ["batching", "preferredSizes", index],
        `must be at most maximumSize, which is ${batching.maximumSize}`,
      );
  });
  if (batching.padding !== undefined) checkPadding(batching.padding, model, report);
}

function checkPadding({ axis, inputs, outputs = [] }: Padding, model: Scheduled, report: Report): void {
  const check = (kind: "inputs" | "outputs", name: string, place: string | number) => {
    const tensor = model[kind].find((candidate) => candidate.name === name);
    const path = ["batching", "padding", kind, place];
    if (tensor === undefined) report(path, `${name} is none of the ${kind}`);
    else if (tensor.shape[axis] !== -1)
      report(path, `needs a free dimension (-1) ${axis}; ${name} has shape [${tensor.shape.join(", ")}]`);
    else if (tensor.datatype === "BYTES") report(path, `${name} is BYTES, which cannot be filled up`);
  };
  for (const name of Object.keys(inputs)) check("inputs", name, name);
  outputs.forEach((name, index) => {
    check("outputs", name, index);
  });
}

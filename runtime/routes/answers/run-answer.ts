import { z } from "zod";
import { runStates } from "../../workflows/run.ts";
import { grant } from "./pool-answer.ts";

const time = z.iso.datetime();
const taskStates = [...runStates, "skipped"] as const;

/** Further members may be there: what was measured, granted, cached. */
const taskRun = z
  .looseObject({
    name: z.string(),
    uses: z.string(),
    state: z.enum(taskStates),
    attempts: z.int().min(0),
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    inputs: z.unknown(),
    outputs: z.unknown(),
    error: z.string().nullable(),
    items: z
      .object({ count: z.int().min(0), succeeded: z.int().min(0), failed: z.int().min(0) })
      .optional()
      .meta({
        description:
          "of a map, and of a reduce with a body for each group: how many items there are, and how many of them have ended; while the task runs a step of one in a hundred is told",
      }),
    granted: grant.nullable().optional().meta({
      description: "of its resources; null while it waits in line for them",
    }),
  })
  .meta({ id: "TaskRun" });

export const runAnswer = z
  .looseObject({
    id: z.string(),
    workflow: z.string(),
    version: z.int(),
    state: z.enum(runStates as [string, ...string[]] & typeof runStates),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    inputs: z.record(z.string(), z.unknown()),
    outputs: z.record(z.string(), z.unknown()).nullable(),
    error: z.string().nullable(),
    tasks: z.array(taskRun),
  })
  .meta({ id: "Run" });

export const runsAnswer = z
  .object({ runs: z.array(runAnswer), nextPageToken: z.string().optional() })
  .meta({ id: "Runs" });

import { z } from "zod";
import { closedObject, name } from "../schema-parts.ts";
import type { ChildTaskType } from "../task-type.ts";

const schema = closedObject({
  workflow: name,
  /** Default: the current one at the task's start. */
  version: z.number().int().min(1).optional(),
  inputs: z.record(z.string(), z.unknown()).default({}),
});

/** Starts a run of another workflow and waits for its end; outputs: that run's. */
export const workflow: ChildTaskType = { kind: "workflow", name: "workflow", schema };

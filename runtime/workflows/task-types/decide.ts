import { z } from "zod";
import { closedObject } from "../specification-schema.ts";
import type { StepTaskType } from "../task-type.ts";
import type { Json } from "../workflow.ts";

const schema = closedObject({ outputs: z.record(z.string(), z.unknown()) });

/** Computes its outputs from expressions; outputs: as named in `with.outputs`. */
export const decide: StepTaskType<z.infer<typeof schema>> = {
  kind: "step",
  name: "decide",
  schema,
  async execute(parameters) {
    return parameters.outputs as Record<string, Json>;
  },
};

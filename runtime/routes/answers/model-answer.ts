import { z } from "zod";
import { versionPolicySchema } from "../../inference/read-models.ts";

export const modelPointerAnswer = z
  .object({
    name: z.string(),
    version: z.int().meta({ description: "the current one, served where none is asked for" }),
    aliases: z.record(z.string(), z.int()),
    versionPolicy: versionPolicySchema,
    versions: z.array(z.int()).meta({ description: "all that are published, ascending" }),
  })
  .meta({ id: "ModelPointer" });

export const importedModelAnswer = z.object({ name: z.string(), version: z.int() });

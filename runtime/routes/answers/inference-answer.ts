import { z } from "zod";

const tensorMetadata = z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.int()) });
const tensor = tensorMetadata
  .extend({
    data: z.array(z.unknown()).meta({ description: "flat in row-major order, or nested as the shape says" }),
    parameters: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "Tensor" });
const parameters = z.record(z.string(), z.unknown());

export const serverAnswer = z.object({
  name: z.string(),
  version: z.string(),
  extensions: z.array(z.string()),
});
export const liveAnswer = z.object({ live: z.boolean() });
export const readyAnswer = z.object({ name: z.string().optional(), ready: z.boolean() });

const modelStatus = z
  .object({
    name: z.string(),
    version: z.string(),
    state: z.enum(["READY", "UNAVAILABLE"]),
    reason: z.string(),
  })
  .loose()
  .meta({ id: "ModelStatus" });
export const modelsAnswer = z.object({ models: z.array(modelStatus) });
export const repositoryIndexAnswer = z.array(modelStatus);

export const modelMetadataAnswer = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(tensorMetadata),
    outputs: z.array(tensorMetadata),
    executionProvider: z.string().optional(),
  })
  .meta({ id: "ModelMetadata" });

export const modelConfigurationAnswer = z.looseObject({ name: z.string() });
export const statisticsAnswer = z.object({
  model_stats: z.array(z.looseObject({ name: z.string(), version: z.string() })),
});
export const modelReportAnswer = z
  .looseObject({
    model: z.string(),
    versions: z.array(z.looseObject({ version: z.string(), advice: z.array(z.string()) })),
  })
  .meta({ id: "ModelReport" });

/** What clients of the protocol send; binary tensors come after it. The decoder checks it against the model. */
export const inferRequest = z
  .object({
    id: z.string().optional(),
    inputs: z.array(tensor),
    outputs: z.array(z.object({ name: z.string(), parameters: parameters.optional() })).optional(),
    parameters: parameters.optional(),
  })
  .meta({ id: "InferRequest" });

export const inferAnswer = z
  .object({
    id: z.string().optional(),
    model_name: z.string(),
    model_version: z.string(),
    parameters: parameters.optional(),
    outputs: z.array(tensor),
  })
  .meta({ id: "InferAnswer" });

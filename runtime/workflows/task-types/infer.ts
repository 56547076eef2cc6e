import { z } from "zod";
import { datatypes } from "../../inference/datatypes.ts";
import type { Datatype, InferResponse, JsonTensor } from "../../inference/inference.ts";
import { closedObject } from "../specification-schema.ts";
import type { StepTaskType } from "../task-type.ts";
import type { Json } from "../workflow.ts";

const datatypeNames = Object.keys(datatypes) as Datatype[];

const schema = closedObject({
  model: z.string().min(1),
  version: z.union([z.string(), z.number().int()]).optional(),
  inputs: z.record(
    z.string(),
    closedObject({
      datatype: z.enum(datatypeNames),
      shape: z.array(z.number().int().min(1)),
      data: z.array(z.unknown()),
      parameters: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
  /** Names of the outputs wanted; default: all. */
  outputs: z.array(z.string()).optional(),
});

/** Asks a model; outputs: `{OUTPUT: {datatype, shape, data, labels?}}`. */
export const infer: StepTaskType<z.infer<typeof schema>> = {
  kind: "step",
  name: "infer",
  schema,
  async execute(parameters, context) {
    const inputs = Object.entries(parameters.inputs).map(([name, tensor]): JsonTensor => {
      const { parameters: tensorParameters, ...rest } = tensor;
      return { name, ...rest, ...(tensorParameters === undefined ? {} : { parameters: tensorParameters }) };
    });
    const response = await context.inference.infer(
      parameters.model,
      parameters.version === undefined ? undefined : String(parameters.version),
      {
        id: context.key,
        inputs,
        ...(parameters.outputs === undefined
          ? {}
          : { outputs: parameters.outputs.map((name) => ({ name })) }),
      },
      context.signal,
    );
    return Object.fromEntries(response.outputs.map((output) => [output.name, tensorOutput(output)]));
  },
};

function tensorOutput(output: InferResponse["outputs"][number]): Json {
  const labels = output.parameters?.labels as Json | undefined;
  return {
    datatype: output.datatype,
    shape: output.shape,
    data: output.data as Json[],
    ...(labels === undefined ? {} : { labels }),
  };
}

import type { TypeSchema } from "../schema/model.ts";
import type { ResourceContext } from "../session.ts";
import { regionOf } from "../session.ts";
import { fill, type ResourceShape } from "../shapes/shape.ts";
import { isProperties, type Properties } from "../values.ts";
import { awsOutputs } from "./aws.ts";
import { azureCommonOutputs, azureNativeOutputs } from "./azure-native.ts";
import { dockerBuildOutputs } from "./docker-build.ts";
import { gcpCommonOutputs, gcpOutputs } from "./gcp.ts";
import { helmOutputs } from "./kubernetes.ts";
import { merge } from "./merge.ts";
import { type Known, Plausible } from "./plausible.ts";

/** Type token → the outputs whose form matters. */
export type OutputTable = { [type: string]: (context: ResourceContext, id: string) => Properties };

const TABLE: OutputTable = {
  ...awsOutputs,
  ...azureNativeOutputs,
  ...gcpOutputs,
  ...dockerBuildOutputs,
  ...helmOutputs,
};

function commonOutputs(schema: TypeSchema, context: ResourceContext, known: Known): Properties {
  switch (context.session.provider) {
    case "aws": {
      const common: Properties = {};
      if (schema.outputs.region) common.region = regionOf(context);
      if (schema.outputs.tagsAll) common.tagsAll = tagsOf(context.inputs);
      return common;
    }
    case "azure-native":
      return azureCommonOutputs(known.id);
    case "gcp":
      return gcpCommonOutputs(context, schema.outputs);
    default:
      return {};
  }
}

/** Tags or labels in the inputs. */
export function tagsOf(inputs: Properties): Properties {
  for (const name of ["tags", "labels", "resourceLabels", "userLabels"]) {
    const tags = inputs[name];
    if (isProperties(tags)) return tags;
  }
  return {};
}

/** All outputs of a resource that exists: its inputs, what the SDK's class promises, and what has a form of its own. */
export function createOutputs(
  schema: TypeSchema,
  shape: ResourceShape,
  context: ResourceContext,
  id: string,
): Properties {
  const arn = shape.arn === undefined ? "" : fill(shape.arn, context, { id });
  const known = { id, arn };
  const generic = new Plausible(schema, context, known).outputs(context.inputs);
  const common = merge(generic, commonOutputs(schema, context, known));
  return merge(common, TABLE[context.type]?.(context, id) ?? {});
}

/** The outputs that no input gives: a preview of a new resource reports them as unknown. */
export function computedOutputs(schema: TypeSchema, inputs: Properties): string[] {
  return Object.entries(schema.outputs)
    .filter(([name, property]) => property.required && inputs[name] === undefined)
    .map(([name]) => name)
    .filter((name) => name !== "urn" && name !== "id");
}

import type { TypeSchema } from "../schema/model.ts";
import { awsShapes } from "./aws.ts";
import { azureNativeShapes } from "./azure-native.ts";
import { gcpShapes } from "./gcp.ts";
import type { ResourceShape, ShapeTable } from "./shape.ts";

const TABLE: ShapeTable = { ...awsShapes, ...azureNativeShapes, ...gcpShapes };

/** The shape of a type; one that no table lists gets an id in its provider's usual form. */
export function findShape(schema: TypeSchema): ResourceShape {
  return TABLE[schema.token] ?? usualShape(schema);
}

function usualShape(schema: TypeSchema): ResourceShape {
  const [provider, module = "", type = ""] = schema.token.split(":");
  const named = schema.inputs.name?.type.kind === "string";
  const service = module.split("/")[0] ?? module;
  const word = type.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
  switch (provider) {
    case "aws":
      return {
        id: named ? "{name}" : `${word}-{hex17}`,
        arn: `arn:aws:${service}:{region}:{account}:${word}/{id}`,
      };
    case "azure-native": {
      const name = Object.keys(schema.inputs).find(
        (input) => input.toLowerCase() === `${type.toLowerCase()}name`,
      );
      const path = `Microsoft.${service}/${type[0]?.toLowerCase()}${type.slice(1)}s`;
      return {
        id: `/subscriptions/{subscription}/resourceGroups/{resourceGroupName}/providers/${path}/{${name ?? "name"}}`,
        name: name ?? "name",
      };
    }
    case "gcp":
      return { id: `projects/{project}/${word.replaceAll("-", "")}s/${named ? "{name}" : "{digits19}"}` };
    case "kubernetes":
      return { id: "{namespace}/{name}" }; // a Helm release
    default:
      return { id: "{hex12}" };
  }
}

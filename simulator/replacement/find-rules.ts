import type { TypeSchema } from "../schema/model.ts";
import type { Session } from "../session.ts";
import { type Properties, textAt } from "../values.ts";
import { awsRegion, awsReplacements } from "./aws.ts";
import { azureNativeReplacements, azurePathRules } from "./azure-native.ts";
import { gcpReplacements } from "./gcp.ts";
import { kubernetesRules } from "./kubernetes.ts";
import type { ReplacementRule } from "./rule.ts";

/** The rules that the SDK's own documentation states, for types that no table covers. */
export function documentedRules(schema: TypeSchema): ReplacementRule[] {
  return Object.entries(schema.inputs).flatMap(([path, { replaces }]) =>
    replaces === undefined ? [] : [{ path, source: `${schema.sdk}: ${replaces}` }],
  );
}

/** The name and place of a resource are its identity with every provider. */
const IDENTITY = ["name", "namePrefix", "project", "location", "zone"];

function usualRules(schema: TypeSchema): ReplacementRule[] {
  const source = "the resource's identity; no table of the simulator lists this type";
  const identity = IDENTITY.filter((path) => schema.inputs[path]).map((path) => ({ path, source }));
  return [...identity, ...documentedRules(schema)];
}

/** All rules for a resource: a change of a property that none covers is an update in place. */
export function findRules(schema: TypeSchema, inputs: Properties, session: Session): ReplacementRule[] {
  const { token } = schema;
  switch (session.provider) {
    case "aws":
      return [...(awsReplacements[token] ?? usualRules(schema)), ...awsRegion];
    case "azure-native":
      return [...(azureNativeReplacements[token] ?? documentedRules(schema)), ...azurePathRules(token)];
    case "gcp":
      return gcpReplacements[token] ?? usualRules(schema);
    case "kubernetes":
      return kubernetesRules(textAt(inputs, "kind") ?? token.split(":")[2] ?? "", inputs, session.config);
    default:
      return [];
  }
}

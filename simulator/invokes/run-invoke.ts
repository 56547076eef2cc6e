import { suggestion } from "../check/suggestion.ts";
import { type CheckFailure, validate } from "../check/validate.ts";
import { Plausible } from "../outputs/plausible.ts";
import { ProviderError } from "../provider-error.ts";
import type { TypeSchema } from "../schema/model.ts";
import { Seed, type Session } from "../session.ts";
import type { Store } from "../store.ts";
import { containsUnknown, type Properties } from "../values.ts";
import { awsInvokes } from "./aws.ts";
import { awsInventory } from "./aws-inventory.ts";
import { azureInventory } from "./azure-inventory.ts";
import { azureNativeInvokes } from "./azure-native.ts";
import { gcpInvokes } from "./gcp.ts";
import { gcpInventory } from "./gcp-inventory.ts";
import type { InvokeTable } from "./invoke.ts";

const TABLE: InvokeTable = {
  ...awsInvokes,
  ...azureNativeInvokes,
  ...gcpInvokes,
  ...awsInventory,
  ...azureInventory,
  ...gcpInventory,
};

/**
 * Answers a data source: either what is wrong with its arguments, or its result with all that the SDK promises.
 * Throws a ProviderError for one that the simulator does not know.
 */
export function runInvoke(
  token: string,
  inputs: Properties,
  session: Session,
  store: Store,
  schema: TypeSchema | undefined,
  resourceManager?: string,
): { failures: CheckFailure[] } | { result: Properties } {
  const answer = TABLE[token];
  if (!answer || !schema)
    throw new ProviderError(
      "unimplemented",
      `the simulator has no data source '${token}'${suggestion(token, Object.keys(TABLE))}; add it to simulator/invokes/${token.split(":")[0]}.ts`,
    );
  const failures = validate(schema, inputs);
  if (failures.length > 0 || containsUnknown(inputs)) return { failures };
  const seed = new Seed(`${token} ${JSON.stringify(inputs)}`);
  const context = {
    ...{ session, store, schema, type: token, name: token, inputs, seed },
    ...(resourceManager === undefined ? {} : { resourceManager }),
  };
  const result = answer(context);
  // What the table leaves out is made up by name and type, so that a program finds each property of the SDK's type.
  const generic = new Plausible(schema, context, { id: String(result.id ?? token), arn: "" });
  return { result: { ...generic.outputs(inputs), ...result } };
}

import type { TypeSchema } from "./schema/model.ts";
import type { Session } from "./session.ts";
import type { Store } from "./store.ts";
import { isProperties, type Properties, textAt, valueAt } from "./values.ts";

/** What the providers add to the inputs before they look at them. */
export function withDefaults(
  schema: TypeSchema,
  inputs: Properties,
  session: Session,
  store: Store,
): Properties {
  switch (session.provider) {
    case "aws":
      return withDefaultTags(schema, inputs, session);
    case "azure-native":
      return withLocation(schema, inputs, session, store);
    case "kubernetes":
      return withNamespace(inputs, session);
    default:
      return inputs;
  }
}

/** pulumi-aws lays the provider's default tags under a resource's own (provider/tags.go). */
function withDefaultTags(schema: TypeSchema, inputs: Properties, session: Session): Properties {
  const defaults = valueAt(session.config, ["defaultTags", "tags"]);
  if (!schema.inputs.tags || !schema.outputs.tagsAll || !isProperties(defaults)) return inputs;
  const own = inputs.tags;
  if (own !== undefined && !isProperties(own)) return inputs;
  return { ...inputs, tags: { ...defaults, ...own } };
}

/** azure-native takes the configured location, else that of the resource group. */
function withLocation(schema: TypeSchema, inputs: Properties, session: Session, store: Store): Properties {
  if (!schema.inputs.location || inputs.location !== undefined) return inputs;
  const group = textAt(inputs, "resourceGroupName");
  const id = `/subscriptions/${session.subscription}/resourceGroups/${group}`;
  const location =
    session.region || textAt(store.get("azure-native:resources:ResourceGroup", id)?.outputs, "location");
  return location ? { ...inputs, location } : inputs;
}

function withNamespace(inputs: Properties, session: Session): Properties {
  const namespace = textAt(session.config, "namespace");
  const metadata = inputs.metadata;
  if (namespace === undefined || !isProperties(metadata) || metadata.namespace !== undefined) return inputs;
  return { ...inputs, metadata: { ...metadata, namespace } };
}

import { parseAllDocuments } from "yaml";
import { ProviderError } from "../provider-error.ts";
import { isProperties, type Properties, textAt } from "../values.ts";

/** `kubernetes:yaml:decode`, with which the SDK's yaml.ConfigFile and ConfigGroup read manifests. */
export function decodeYaml(args: Properties): Properties {
  const documents = parseAllDocuments(textAt(args, "text") ?? "");
  const objects = (Array.isArray(documents) ? documents : []).flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new ProviderError("invalid", `the manifest is not YAML: ${error.message}`);
    const object = document.toJS() as Properties | null;
    return isProperties(object ?? undefined) ? [object as Properties] : [];
  });
  const namespace = textAt(args, "defaultNamespace");
  return { result: namespace ? objects.map((object) => withNamespace(object, namespace)) : objects };
}

function withNamespace(object: Properties, namespace: string): Properties {
  const metadata = isProperties(object.metadata) ? object.metadata : {};
  return { ...object, metadata: { namespace, ...metadata } };
}

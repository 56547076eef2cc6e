import { suggestion } from "../check/suggestion.ts";
import { ProviderError } from "../provider-error.ts";
import { neighbours } from "./locate.ts";
import type { TypeSchema } from "./model.ts";
import type { SchemaRepository } from "./repository.ts";

/** The groups of Kubernetes' own API; any other group belongs to a custom resource. */
const BUILT_IN =
  /^(core|apps|batch|policy|autoscaling|extensions|[a-z]+(\.authorization|\.apiserver)?\.k8s\.io)\//;

/** An object of a custom resource definition: its content is free, but for its name and labels. */
function customResource(token: string, definitions: TypeSchema["definitions"]): TypeSchema {
  const text = { type: { kind: "string" as const }, required: true };
  const metadata = {
    type: { kind: "object" as const, reference: "input:meta.v1.ObjectMeta" },
    required: false,
  };
  return {
    token,
    sdk: "custom resource",
    inputs: { apiVersion: text, kind: text, metadata },
    open: true,
    outputs: {},
    definitions,
  };
}

/** The schema of a resource type; throws a ProviderError that names the nearest type when the SDK has none. */
export function resourceSchema(schemas: SchemaRepository, token: string): TypeSchema {
  const found = schemas.find(token);
  if (found) return found;
  const [provider, module = "", name = ""] = token.split(":");
  const others = neighbours(token);
  if (provider === "kubernetes" && (others.length === 0 || !BUILT_IN.test(module)))
    return customResource(token, schemas.find("kubernetes:core/v1:ConfigMap")?.definitions ?? {});
  throw new ProviderError(
    "unimplemented",
    `resource type '${token}' does not exist in the installed SDK${suggestion(name, others)}`,
  );
}

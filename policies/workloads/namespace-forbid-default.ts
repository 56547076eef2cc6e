import { valueAt } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { podTypes } from "./pods.ts";

/** An object without namespace goes where its provider says, and that is `default` unless it says otherwise. */
export const namespaceForbidDefault: ResourceRule = {
  name: "namespace-forbid-default",
  description: "No workload is in the namespace default.",
  severity: "low",
  remediationSteps: "Set metadata.namespace, or namespace of the provider.",
  types: podTypes,
  check({ props, providerProps }, report) {
    const namespace = valueAt(props, "metadata.namespace") ?? providerProps.namespace ?? "default";
    if (namespace === "default") report("metadata.namespace is missing or default");
  },
};

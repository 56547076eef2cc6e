import type { ResourceContext } from "../session.ts";
import { isProperties, type Properties, textAt, valueAt } from "../values.ts";
import type { OutputTable } from "./create-outputs.ts";
import { merge } from "./merge.ts";
import { CREATED } from "./plausible.ts";

/** Kinds that live in no namespace (kubectl api-resources --namespaced=false). */
const CLUSTER_SCOPED = new Set([
  "APIService",
  "ClusterRole",
  "ClusterRoleBinding",
  "CSIDriver",
  "CSINode",
  "CustomResourceDefinition",
  "DeviceClass",
  "IngressClass",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "ResourceFlavor",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "ClusterQueue",
]);

export const HELM_RELEASE = "kubernetes:helm.sh/v3:Release";

/** Whether a type is an object of the API server, and not one of the provider's own (Helm releases). */
export function isKubernetesObject(type: string): boolean {
  return type.startsWith("kubernetes:") && !/^kubernetes:(helm\.sh|kustomize|yaml|index)[/:]/.test(type);
}

export function isNamespaced(kind: string): boolean {
  return !CLUSTER_SCOPED.has(kind);
}

/** `NAMESPACE/NAME`, or `NAME` for what lives in no namespace. */
export function kubernetesId(inputs: Properties): string {
  const name = textAt(inputs, "metadata.name") ?? "";
  return isNamespaced(textAt(inputs, "kind") ?? "") ? `${namespaceOf(inputs)}/${name}` : name;
}

export function namespaceOf(inputs: Properties): string {
  return textAt(inputs, "metadata.namespace") ?? "default";
}

/** A Helm release as the provider gives it back; what the chart makes in the cluster is not known here. */
export const helmOutputs: OutputTable = {
  [HELM_RELEASE]: ({ inputs }) => ({
    status: {
      name: textAt(inputs, "name") ?? "",
      namespace: namespaceOfRelease(inputs),
      chart: textAt(inputs, "chart") ?? "",
      version: textAt(inputs, "version") ?? "",
      revision: 1,
      status: "deployed",
    },
    resourceNames: {},
  }),
};

export function namespaceOfRelease(inputs: Properties): string {
  return textAt(inputs, "namespace") ?? "default";
}

function status(context: ResourceContext): Properties {
  const replicas = valueAt(context.inputs, ["spec", "replicas"]);
  const count = typeof replicas === "number" ? replicas : 1;
  switch (textAt(context.inputs, "kind")) {
    case "Deployment":
    case "StatefulSet":
      return {
        status: {
          replicas: count,
          readyReplicas: count,
          availableReplicas: count,
          updatedReplicas: count,
          observedGeneration: 1,
          conditions: [
            { type: "Available", status: "True", reason: "MinimumReplicasAvailable", message: "" },
          ],
        },
      };
    case "Namespace":
      return { status: { phase: "Active" } };
    case "Job":
      return { status: { succeeded: 1, conditions: [{ type: "Complete", status: "True" }] } };
    case "PersistentVolumeClaim":
      return { status: { phase: "Bound" } };
    case "Service":
      return service(context);
    default:
      return {};
  }
}

function service(context: ResourceContext): Properties {
  const address = textAt(context.inputs, "spec.clusterIP") ?? context.seed.privateAddress("service");
  const balanced = textAt(context.inputs, "spec.type") === "LoadBalancer";
  return {
    spec: { clusterIP: address },
    status: { loadBalancer: balanced ? { ingress: [{ ip: context.seed.publicAddress("ingress") }] } : {} },
  };
}

/** The object as the API server gives it back. */
export function kubernetesOutputs(context: ResourceContext, generation: number): Properties {
  const { inputs, seed } = context;
  const namespaced = isNamespaced(textAt(inputs, "kind") ?? "");
  const metadata: Properties = {
    ...(isProperties(inputs.metadata) ? inputs.metadata : {}),
    ...(namespaced ? { namespace: namespaceOf(inputs) } : {}),
    uid: seed.uuid("uid"),
    creationTimestamp: CREATED,
    resourceVersion: String(1000 + generation),
    generation,
  };
  return merge({ ...inputs, metadata }, status(context));
}

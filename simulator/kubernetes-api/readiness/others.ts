import { isProperties, type Properties, textAt, valueAt } from "../../values.ts";
import { condition, isCondition, listAt, type Objects, type Served } from "../objects.ts";
import { latest, warningsAbout } from "./events.ts";
import { explainPods } from "./pods.ts";
import { combine, notReady, READY, type Verdict } from "./verdict.ts";

const STORAGE_SECONDS = 20;

export async function serviceReadiness(service: Properties, objects: Objects): Promise<Verdict> {
  const type = textAt(service, "spec.type");
  const selector = valueAt(service, ["spec", "selector"]);
  if (type === "LoadBalancer" && listAt(service, "status.loadBalancer.ingress").length === 0)
    return notReady("the cluster has not given it an address: is there a load balancer controller?");
  const isHeadless = textAt(service, "spec.clusterIP") === "None";
  if (type === "ExternalName" || isHeadless || !isProperties(selector)) return READY;
  const namespace = textAt(service, "metadata.namespace") ?? "";
  const name = textAt(service, "metadata.name");
  const slices = await objects.list("discovery.k8s.io/v1", "EndpointSlice", namespace, {
    labelSelector: `kubernetes.io/service-name=${name}`,
  });
  const endpoints = slices.flatMap((slice) => listAt(slice, "endpoints"));
  if (endpoints.some((endpoint) => valueAt(endpoint, ["conditions", "ready"]) !== false)) return READY;
  const labelSelector = Object.entries(selector)
    .map(([label, value]) => `${label}=${value}`)
    .join(",");
  const pods = await objects.list("v1", "Pod", namespace, { labelSelector });
  if (pods.length === 0) return notReady(`no pod has the labels of its selector (${labelSelector})`);
  return combine(`none of its ${pods.length} pods is ready`, await explainPods(pods, objects));
}

export async function claimReadiness(claim: Properties, objects: Objects): Promise<Verdict> {
  const phase = textAt(claim, "status.phase");
  if (phase === "Bound") return READY;
  if (phase === "Lost") return notReady("the volume that it was bound to is gone", 0);
  const name = textAt(claim, "spec.storageClassName");
  if (!name) return await withoutClass(claim, objects);
  const storage = await storageClass(name, objects);
  if (storage === undefined) {
    const classes = await objects.list("storage.k8s.io/v1", "StorageClass", "");
    const names = classes.map((item) => textAt(item, "metadata.name")).join(", ");
    return notReady(`there is no storage class ${name}; the cluster has ${names || "none"}`, STORAGE_SECONDS);
  }
  // Bound when the first pod uses it, which waits for the claim itself.
  if (textAt(storage, "volumeBindingMode") === "WaitForFirstConsumer") return READY;
  const trouble = latest(await warningsAbout(claim, objects), "ProvisioningFailed");
  return notReady(trouble ? `no volume: ${trouble}` : `storage class ${name} has not given it a volume yet`);
}

async function withoutClass(claim: Properties, objects: Objects): Promise<Verdict> {
  const isExplicit = valueAt(claim, ["spec", "storageClassName"]) === "";
  const text = isExplicit
    ? "no volume without a class fits it"
    : "it names no storage class and the cluster has no default one: set storageClassName";
  const trouble = isExplicit ? latest(await warningsAbout(claim, objects), "FailedBinding") : undefined;
  return notReady(trouble ? `${text} (${trouble})` : text, STORAGE_SECONDS);
}

async function storageClass(name: string, objects: Objects): Promise<Properties | undefined> {
  const served: Served | undefined = await objects.find("storage.k8s.io/v1", "StorageClass");
  return served && (await objects.get({ served, namespace: "", name }));
}

export async function ingressReadiness(ingress: Properties, objects: Objects): Promise<Verdict> {
  if (listAt(ingress, "status.loadBalancer.ingress").length > 0) return READY;
  const name = textAt(ingress, "spec.ingressClassName");
  const classes = await objects.list("networking.k8s.io/v1", "IngressClass", "");
  const names = classes.map((item) => textAt(item, "metadata.name")).join(", ") || "none";
  if (name && !classes.some((item) => textAt(item, "metadata.name") === name))
    return notReady(`there is no ingress class ${name}; the cluster has ${names}`);
  return notReady(`no ingress controller has given it an address (ingress classes: ${names})`);
}

export function definitionReadiness(definition: Properties): Verdict {
  if (isCondition(definition, "Established")) return READY;
  const refused = condition(definition, "NamesAccepted");
  if (refused?.status === "False")
    return notReady(`its names are not accepted: ${textAt(refused, "message")}`, 10);
  return notReady("the API server does not serve it yet");
}

export function namespaceReadiness(namespace: Properties): Verdict {
  if (textAt(namespace, "status.phase") === "Active") return READY;
  return notReady("the namespace is being deleted", 0);
}

export function apiServiceReadiness(service: Properties): Verdict {
  const available = condition(service, "Available");
  if (available?.status === "True") return READY;
  return notReady(
    `the API is not available: ${textAt(available, "message") ?? "its service has not answered yet"}`,
  );
}

import { isProperties, type Properties, textAt, valueAt } from "../../values.ts";
import { condition, listAt, type Objects } from "../objects.ts";
import { type NotReady, notReady } from "./verdict.ts";

/** Why no node takes a pod; undefined when one does, or the scheduler has not looked yet. */
export async function explainScheduling(pod: Properties, objects: Objects): Promise<NotReady | undefined> {
  const scheduled = condition(pod, "PodScheduled");
  if (scheduled?.status !== "False") return undefined;
  const message = textAt(scheduled, "message") ?? "";
  const short = message.replace(/\s*preemption: .*$/s, "").replace(/\.$/, "");
  const nodes = await objects.list("v1", "Node", "");
  const reasons = [
    ...[...message.matchAll(/Insufficient ([\w./-]+\w)/g)].map(([, name = ""]) => lacking(name, pod, nodes)),
    ...(/didn't match Pod's node affinity\/selector/.test(message) ? [unmatched(pod)] : []),
    ...[...message.matchAll(/untolerated taint(?:\(s\))? \{([^}]+)\}/g)].map(
      ([, taint]) => `no toleration for the taint ${taint}`,
    ),
    ...claims(message),
  ];
  const what = [...new Set(reasons)].join("; ") || short;
  return notReady(
    `pod ${textAt(pod, "metadata.name")} is not scheduled: ${what}${reasons.length > 0 ? ` (${short})` : ""}`,
  );
}

/** A resource of which the nodes have too little, or none at all. */
function lacking(name: string, pod: Properties, nodes: Properties[]): string {
  const isThere = nodes.some(
    (node) => quantityAt(node, name) !== undefined && quantityAt(node, name) !== "0",
  );
  if (nodes.length > 0 && !isThere) return `no node has ${name}`;
  const wanted = requests(pod, name);
  return `no node has enough ${name} free${wanted.length > 0 ? ` (the pod asks for ${wanted.join(" + ")})` : ""}`;
}

function quantityAt(node: Properties, name: string): string | undefined {
  const quantity = valueAt(node, ["status", "allocatable", name]);
  return typeof quantity === "string" ? quantity : undefined;
}

function requests(pod: Properties, name: string): string[] {
  return listAt(pod, "spec.containers")
    .map((container) => valueAt(container, ["resources", "requests", name]))
    .filter((quantity): quantity is string => typeof quantity === "string");
}

function unmatched(pod: Properties): string {
  const selector = valueAt(pod, ["spec", "nodeSelector"]);
  const labels = isProperties(selector)
    ? Object.entries(selector).map(([name, value]) => `${name}=${value}`)
    : [];
  return labels.length > 0
    ? `no node that it could use carries the labels ${labels.join(", ")}`
    : "no node that it could use matches its node affinity";
}

function claims(message: string): string[] {
  if (/unbound immediate PersistentVolumeClaims/.test(message))
    return ["a persistent volume claim of it has no volume"];
  const missing = /persistentvolumeclaim "([^"]+)" not found/.exec(message)?.[1];
  if (missing) return [`there is no persistent volume claim ${missing}`];
  if (/didn't find available persistent volumes to bind/.test(message))
    return ["no persistent volume is left that fits its claim"];
  return [];
}

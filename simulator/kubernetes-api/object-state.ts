import { createHash } from "node:crypto";
import { merge } from "../outputs/merge.ts";
import { isProperties, type Properties, textAt, UNKNOWN, type Value } from "../values.ts";
import { annotation, type Reference, type Served } from "./objects.ts";
import { markLike, markSecretData } from "./secrets.ts";

/** What the API server writes itself; nobody applies it. */
const SERVER_METADATA = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
];

const UNDERSCORED = /^x_kubernetes_.*/;
const DASHED = /^x-kubernetes-.*/;

/** The SDK writes the extensions in a definition's schema with underscores. */
function renameKeys(value: Value, rename: (name: string) => string): Value {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename));
  if (!isProperties(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [rename(name), renameKeys(item, rename)]),
  );
}

const isDefinition = (object: Properties) => object.kind === "CustomResourceDefinition";

/** Inputs of the program as the object to send. */
export function toObject(inputs: Properties, reference: Reference): Properties {
  const { metadata, ...rest } = inputs;
  const own = isProperties(metadata) ? metadata : {};
  const kept = Object.entries(own).filter(
    ([name]) => !SERVER_METADATA.includes(name) && name !== "namespace",
  );
  const object: Properties = {
    ...Object.fromEntries(
      Object.entries(rest).filter(([name]) => !name.startsWith("__") && name !== "status"),
    ),
    apiVersion: reference.served.apiVersion,
    kind: reference.served.kind,
    metadata: {
      ...Object.fromEntries(kept),
      name: reference.name,
      ...(reference.served.namespaced && { namespace: reference.namespace }),
    },
  };
  if (!isDefinition(object)) return object;
  return renameKeys(object, (name) =>
    name.replace(UNDERSCORED, (found) => found.replaceAll("_", "-")),
  ) as Properties;
}

/** The object without what the server alone writes: what a comparison or an import is about. */
export function withoutServerFields(live: Properties): Properties {
  const { status: _, metadata, ...rest } = live;
  const own = Object.entries(isProperties(metadata) ? metadata : {});
  const object = {
    ...rest,
    metadata: Object.fromEntries(own.filter(([name]) => !SERVER_METADATA.includes(name))),
  };
  return toProgram(object);
}

function toProgram(object: Properties): Properties {
  if (!isDefinition(object)) return object;
  return renameKeys(object, (name) =>
    name.replace(DASHED, (found) => found.replaceAll("-", "_")),
  ) as Properties;
}

/** The outputs that the engine keeps, laid out as the official provider's, which so can go on with a stack of ours. */
export function toOutputs(
  live: Properties,
  inputs: Properties,
  marked: Properties,
  fieldManager: string,
): Properties {
  const { metadata, ...rest } = toProgram(live);
  const { managedFields: _, ...own } = isProperties(metadata) ? metadata : {};
  const outputs = markSecretData(markLike({ ...rest, metadata: own }, marked) as Properties);
  return {
    ...outputs,
    __inputs: markSecretData(markLike(inputs, marked) as Properties),
    __initialApiVersion: textAt(live, "apiVersion") ?? "",
    __fieldManager: fieldManager,
  };
}

/** The outputs of an object that a preview would create: what the server chooses is unknown. */
export function toPreview(planned: Properties, inputs: Properties, marked: Properties): Properties {
  const chosen = Object.fromEntries(
    ["creationTimestamp", "generation", "resourceVersion", "uid"].map((name) => [name, UNKNOWN]),
  );
  const computed: Properties = { status: UNKNOWN, metadata: chosen };
  const result = merge(merge(withoutServerFields(planned), inputs), computed);
  if (inputs.kind === "Service") result.spec = merge(asProperties(result.spec), serviceAddresses(inputs));
  if (inputs.kind === "Secret" && inputs.stringData !== undefined) result.data = UNKNOWN;
  return markSecretData(markLike(result, marked) as Properties);
}

/** A dry run reserves no address: the one that it shows is not the one to come. */
function serviceAddresses(inputs: Properties): Properties {
  return merge({ clusterIP: UNKNOWN, clusterIPs: UNKNOWN }, asProperties(inputs.spec));
}

function asProperties(value: Value | undefined): Properties {
  return isProperties(value) ? value : {};
}

/**
 * The name under which the fields of one resource are managed. It follows from the URN: an update that goes on after
 * a crash recognises the object that the crashed one made.
 */
export function fieldManagerOf(urn: string, outputs: Properties, inputs: Properties): string {
  const given = annotation(inputs, "pulumi.com/patchFieldManager") ?? textAt(outputs, "__fieldManager");
  return given ?? `pulumi-kubernetes-${createHash("sha256").update(urn).digest("hex").slice(0, 8)}`;
}

/** `NAMESPACE/NAME`, or `NAME` for what lives in no namespace. */
export function idOf({ served, namespace, name }: Reference): string {
  return served.namespaced ? `${namespace}/${name}` : name;
}

export function referenceOf(id: string, served: Served, defaultNamespace: string): Reference {
  const slash = id.indexOf("/");
  const namespace = slash < 0 ? defaultNamespace : id.slice(0, slash);
  return { served, namespace: served.namespaced ? namespace : "", name: id.slice(slash + 1) };
}

/** `kubernetes:core/v1:Pod` → v1 and Pod. */
export function kindOf(type: string): { apiVersion: string; kind: string } {
  const [, module = "", kind = ""] = type.split(":");
  return { apiVersion: module.replace(/^core\//, ""), kind };
}

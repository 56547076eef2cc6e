import { changes } from "../diff.ts";
import {
  HELM_RELEASE,
  isKubernetesObject,
  isNamespaced,
  namespaceOf,
  namespaceOfRelease,
} from "../outputs/kubernetes.ts";
import { ProviderError } from "../provider-error.ts";
import { refusedUpdates } from "../replacement/azure-native.ts";
import type { Store } from "../store.ts";
import { type Properties, textAt, valueAt } from "../values.ts";
import { missingReference } from "./references.ts";

/** Throws the provider's error when something that the new resource lives in or names is not there. */
export function assertCreatable(
  store: Store,
  target: { type: string; session: { subscription: string } },
  inputs: Properties,
): void {
  if (target.type.startsWith("azure-native:") && target.type !== "azure-native:resources:ResourceGroup")
    assertGroup(store, target.session.subscription, inputs);
  if (isKubernetesObject(target.type) && isNamespaced(textAt(inputs, "kind") ?? ""))
    assertNamespace(store, namespaceOf(inputs));
  if (target.type === HELM_RELEASE && inputs.createNamespace !== true)
    assertNamespace(store, namespaceOfRelease(inputs));
  assertFreeName(store, target.type, inputs);
  const missing = missingReference(store, target.type, inputs);
  if (missing) throw new ProviderError("not-found", notFound(target.type, missing.type, missing.name));
}

/** Types whose ids are made up, but whose names must differ (security groups: within their VPC). */
const UNIQUE_NAMES: { [type: string]: string } = {
  "aws:ec2/launchTemplate:LaunchTemplate": "InvalidLaunchTemplateName.AlreadyExistsException",
  "aws:ec2/securityGroup:SecurityGroup": "InvalidGroup.Duplicate",
};

function assertFreeName(store: Store, type: string, inputs: Properties): void {
  const code = UNIQUE_NAMES[type];
  const name = textAt(inputs, "name");
  if (code === undefined || name === undefined) return;
  const same = (other: Properties) => other.name === name && other.vpcId === inputs.vpcId;
  if (store.list(type).some((other) => same(other.inputs)))
    throw new ProviderError(
      "conflict",
      `creating EC2 ${type.split(":").at(-1)} (${name}): operation error EC2, https response error StatusCode: 400, api error ${code}: the name '${name}' is already in use`,
    );
}

/** Azure makes it, with the network watchers in it, when a subscription gets its first virtual network. */
const AZURES_OWN_GROUP = "NetworkWatcherRG";

function assertGroup(store: Store, subscription: string, inputs: Properties): void {
  const group = textAt(inputs, "resourceGroupName");
  if (group === undefined || group === AZURES_OWN_GROUP) return;
  const id = `/subscriptions/${subscription}/resourceGroups/${group}`;
  if (store.get("azure-native:resources:ResourceGroup", id)) return;
  throw new ProviderError(
    "not-found",
    `Status=404 Code="ResourceGroupNotFound" Message="Resource group '${group}' could not be found."`,
  );
}

/** Throws when the resource that a nested one of Azure lies in does not exist: its id without the last type and name. */
export function assertParent(store: Store, id: string): void {
  const [parent = "", type = ""] = /^(.*)\/([^/]+)\/[^/]+$/.exec(id)?.slice(1) ?? [];
  const holder = parent.replace(/\/(blob|queue|table|file)Services\/default$/, "");
  const nested = /\/providers\/[^/]+\/[^/]+\/[^/]+$/.test(holder);
  if (!nested || holder.includes("/networkWatchers/")) return; // Azure makes the watchers itself
  if (store.list().some((resource) => resource.id === holder)) return;
  throw new ProviderError(
    "not-found",
    `Status=404 Code="ParentResourceNotFound" Message="Failed to perform 'write' on resource(s) of type '${type}', because the parent resource '${holder}' could not be found."`,
  );
}

const BUILT_IN_NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];

function assertNamespace(store: Store, namespace: string): void {
  if (BUILT_IN_NAMESPACES.includes(namespace) || store.get("kubernetes:core/v1:Namespace", namespace)) return;
  throw new ProviderError("not-found", `namespaces "${namespace}" not found`);
}

function notFound(type: string, missing: string, name: string): string {
  const what = missing.split(":").at(-1);
  if (missing === "aws:eks/cluster:Cluster")
    return `operation error EKS, https response error StatusCode: 404, ResourceNotFoundException: No cluster found for name: ${name}.`;
  if (missing === "aws:s3/bucket:Bucket")
    return `operation error S3, https response error StatusCode: 404, api error NoSuchBucket: The specified bucket does not exist (${name})`;
  if (missing === "aws:iam/role:Role")
    return `operation error IAM: AttachRolePolicy, https response error StatusCode: 404, NoSuchEntity: The role with name ${name} cannot be found.`;
  if (type.startsWith("gcp:")) return `googleapi: Error 404: ${what} '${name}' was not found, notFound`;
  return `${what} ${name} was not found`;
}

/** What the provider says when a resource of this id is there already. */
export function conflict(type: string, id: string): ProviderError {
  const [provider, module = "", what = ""] = type.split(":");
  const service = (module.split("/")[0] ?? "").toUpperCase();
  switch (provider) {
    case "aws":
      if (type.startsWith("aws:s3/bucket:"))
        return new ProviderError(
          "conflict",
          `creating S3 Bucket (${id}): operation error S3: CreateBucket, https response error StatusCode: 409, BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded and you already own it.`,
        );
      return new ProviderError(
        "conflict",
        `creating ${service} ${what} (${id}): operation error ${service}, https response error StatusCode: 409, EntityAlreadyExists: ${what} with name ${id} already exists.`,
      );
    case "azure-native":
      return new ProviderError(
        "conflict",
        `cannot create already existing resource '${id}': to be managed by Pulumi it needs to be imported (https://www.pulumi.com/docs/iac/adopting-pulumi/import/)`,
      );
    case "gcp":
      return new ProviderError(
        "conflict",
        `Error creating ${what}: googleapi: Error 409: Already exists: ${id}., alreadyExists`,
      );
    case "kubernetes":
      return new ProviderError(
        "conflict",
        `resource ${id} was not successfully created by the Kubernetes API server: ${what.toLowerCase()}s "${id.split("/").at(-1)}" already exists`,
      );
    default:
      return new ProviderError("conflict", `${what} ${id} already exists`);
  }
}

/** Throws the service's error for a change that the provider sends as an update and the service refuses. */
export function assertAccepted(type: string, olds: Properties, news: Properties): void {
  for (const { code, paths, unless, source } of refusedUpdates[type] ?? []) {
    if (unless !== undefined && valueAt(olds, unless.split(".")) === true) continue;
    const rules = paths.map((path) => ({ path, source }));
    const refused = [...changes(olds, news, rules)]
      .filter(([, change]) => change.replaces)
      .map(([path]) => path);
    if (refused.length > 0)
      throw new ProviderError(
        "invalid",
        `Status=400 Code="${code}" Message="Changing property 'properties.${refused.join("', 'properties.")}' is not allowed."`,
      );
  }
}

import { tagsOf } from "../outputs/create-outputs.ts";
import { ProviderError } from "../provider-error.ts";
import { GCP_PROJECT_NUMBER, projectOf } from "../session.ts";
import type { StoredResource } from "../store.ts";
import { type Properties, textAt } from "../values.ts";
import type { InvokeContext, InvokeTable } from "./invoke.ts";

/** Pulumi's types → asset types (cloud.google.com/asset-inventory/docs/asset-types); the others are not searchable. */
const ASSET_TYPES: { [type: string]: string } = {
  "gcp:artifactregistry/repository:Repository": "artifactregistry.googleapis.com/Repository",
  "gcp:compute/address:Address": "compute.googleapis.com/Address",
  "gcp:compute/disk:Disk": "compute.googleapis.com/Disk",
  "gcp:compute/firewall:Firewall": "compute.googleapis.com/Firewall",
  "gcp:compute/forwardingRule:ForwardingRule": "compute.googleapis.com/ForwardingRule",
  "gcp:compute/globalAddress:GlobalAddress": "compute.googleapis.com/GlobalAddress",
  "gcp:compute/instance:Instance": "compute.googleapis.com/Instance",
  "gcp:compute/network:Network": "compute.googleapis.com/Network",
  "gcp:compute/router:Router": "compute.googleapis.com/Router",
  "gcp:compute/snapshot:Snapshot": "compute.googleapis.com/Snapshot",
  "gcp:compute/subnetwork:Subnetwork": "compute.googleapis.com/Subnetwork",
  "gcp:container/cluster:Cluster": "container.googleapis.com/Cluster",
  "gcp:container/nodePool:NodePool": "container.googleapis.com/NodePool",
  "gcp:kms/cryptoKey:CryptoKey": "cloudkms.googleapis.com/CryptoKey",
  "gcp:kms/keyRing:KeyRing": "cloudkms.googleapis.com/KeyRing",
  "gcp:logging/projectBucketConfig:ProjectBucketConfig": "logging.googleapis.com/LogBucket",
  "gcp:logging/projectSink:ProjectSink": "logging.googleapis.com/LogSink",
  "gcp:pubsub/subscription:Subscription": "pubsub.googleapis.com/Subscription",
  "gcp:pubsub/topic:Topic": "pubsub.googleapis.com/Topic",
  "gcp:secretmanager/secret:Secret": "secretmanager.googleapis.com/Secret",
  "gcp:serviceaccount/account:Account": "iam.googleapis.com/ServiceAccount",
  "gcp:storage/bucket:Bucket": "storage.googleapis.com/Bucket",
};

/** A query of one term, `labels.KEY=VALUE` or `name:PREFIX*`; several are joined by AND. */
function searchAllResources(context: InvokeContext): Properties {
  const terms = (textAt(context.inputs, "query") ?? "").split(" AND ").filter(Boolean);
  const found = context.store
    .list()
    .filter(({ provider, type }) => provider === "gcp" && ASSET_TYPES[type] !== undefined)
    .filter((resource) => terms.every((term) => matches(term, resource)));
  return {
    id: context.seed.hex(8),
    scope: textAt(context.inputs, "scope") ?? "",
    results: found.map(asset),
  };
}

function matches(term: string, { id, inputs }: StoredResource): boolean {
  const [, key = "", value] = /^labels\.([\w-]+)[:=]"?([\w-]*)"?$/.exec(term) ?? [];
  if (value !== undefined) return tagsOf(inputs)[key] === value;
  const prefix = /^name:([\w-]+)\*$/.exec(term)?.[1];
  if (prefix !== undefined) return id.split(/[/@]/).some((part) => part.startsWith(prefix));
  throw new ProviderError("invalid", `googleapi: Error 400: Invalid query '${term}', badRequest`);
}

function asset({ type, id, inputs, createdAt }: StoredResource): Properties {
  const assetType = ASSET_TYPES[type] ?? "";
  const located = /\/(?:zones|regions|locations)\/([^/]+)\//.exec(id)?.[1];
  return {
    name: `//${assetType.split("/")[0]}/${id}`,
    assetType,
    displayName: id.split("/").at(-1) ?? "",
    labels: tagsOf(inputs),
    location: located ?? textAt(inputs, "location")?.toLowerCase() ?? "global",
    project: `projects/${GCP_PROJECT_NUMBER}`,
    createTime: createdAt,
    state: "",
  };
}

function compute(type: string, collection: string, context: InvokeContext): StoredResource {
  const [zone, name] = [textAt(context.inputs, "zone"), textAt(context.inputs, "name")];
  const id = `projects/${projectOf(context)}/zones/${zone}/${collection}/${name}`;
  const found = context.store.get(type, id);
  if (found) return found;
  throw new ProviderError("not-found", `googleapi: Error 404: The resource '${id}' was not found, notFound`);
}

function disk(context: InvokeContext): Properties {
  const { id, inputs, outputs } = compute("gcp:compute/disk:Disk", "disks", context);
  return { ...outputs, id, size: inputs.size ?? 10, type: textAt(inputs, "type") ?? "pd-standard" };
}

function instance(context: InvokeContext): Properties {
  const { id, outputs } = compute("gcp:compute/instance:Instance", "instances", context);
  return { ...outputs, id, currentStatus: "RUNNING" };
}

/** A key stays for ever; its versions are destroyed with it. */
function keyVersion(context: InvokeContext): Properties {
  const id = textAt(context.inputs, "cryptoKey") ?? "";
  const found = context.store.get("gcp:kms/cryptoKey:CryptoKey", id);
  if (!found)
    throw new ProviderError("not-found", `googleapi: Error 404: CryptoKey ${id} not found., notFound`);
  const version = `${id}/cryptoKeyVersions/1`;
  const state = found.kept ? "DESTROY_SCHEDULED" : "ENABLED";
  return { id: version, name: version, cryptoKey: id, version: 1, state };
}

/** Data sources that tell what is there, whoever made it. */
export const gcpInventory: InvokeTable = {
  "gcp:cloudasset/getSearchAllResources:getSearchAllResources": searchAllResources,
  "gcp:compute/getDisk:getDisk": disk,
  "gcp:compute/getInstance:getInstance": instance,
  "gcp:kms/getKMSCryptoKeyVersion:getKMSCryptoKeyVersion": keyVersion,
};

import type { GetSearchAllResourcesResult } from "@pulumi/gcp/cloudasset/getSearchAllResources.js";
import { getDisk } from "@pulumi/gcp/compute/getDisk.js";
import { getInstance } from "@pulumi/gcp/compute/getInstance.js";
import { getKMSCryptoKeyVersion } from "@pulumi/gcp/kms/getKMSCryptoKeyVersion.js";
import { details, quoted } from "../ask.ts";
import { type Billing, type Leftover, nothing, service, unknown } from "../leftover.ts";

export type Asset = GetSearchAllResourcesResult["results"][number];
type Particulars = Pick<Leftover, "billing" | "lingering">;

/** Asset and project. */
type Question = (asset: Asset, project: string) => Promise<Particulars | "gone">;

/** What the inventory lists; undefined where the resource itself is gone, as the inventory is late. */
export async function describe(asset: Asset, project: string): Promise<Leftover | undefined> {
  const { assetType: type, name: address, location: region } = asset;
  const particulars = await (ASK[type]?.(asset, project) ?? { billing: BILLING[type] ?? unknown });
  if (particulars === "gone") return undefined;
  return { type, id: idOf(asset), address, region, ...particulars, removal: removalOf(asset, project) };
}

/** `//compute.googleapis.com/projects/…` without the service. */
function idOf({ name }: Asset): string {
  return name.replace(/^\/\/[^/]+\//, "");
}

function lastPart({ name }: Asset): string {
  return name.split("/").at(-1) ?? name;
}

/** What never changes with the resource; a type in no table is unknown. */
const BILLING: { [type: string]: Billing } = {
  ...Object.fromEntries(
    [
      "compute.googleapis.com/BackendService",
      "compute.googleapis.com/Firewall",
      "compute.googleapis.com/HealthCheck",
      "compute.googleapis.com/InstanceGroup",
      "compute.googleapis.com/InstanceGroupManager",
      "compute.googleapis.com/InstanceTemplate",
      "compute.googleapis.com/Network",
      "compute.googleapis.com/Route",
      "compute.googleapis.com/Subnetwork",
      "compute.googleapis.com/TargetPool",
      // Its instances are listed, too, and billed.
      "container.googleapis.com/NodePool",
      "iam.googleapis.com/ServiceAccount",
      "logging.googleapis.com/LogSink",
    ].map((type) => [type, nothing]),
  ),
  "artifactregistry.googleapis.com/Repository": service("registry-storage", { registryGb: "unknown" }),
  "compute.googleapis.com/Address": service("public-address", { publicAddresses: 1 }),
  "compute.googleapis.com/ForwardingRule": service("load-balancer", { loadBalancers: 1 }),
  "compute.googleapis.com/GlobalAddress": service("public-address", { publicAddresses: 1 }),
  "compute.googleapis.com/GlobalForwardingRule": service("load-balancer", { loadBalancers: 1 }),
  // The gateway is billed by the machines behind it.
  "compute.googleapis.com/Router": service("nat-gateway", { natGateways: 1 }),
  "container.googleapis.com/Cluster": service("control-plane-standard", {}),
  "pubsub.googleapis.com/Subscription": service("queue-requests", { queueRequests: "unknown" }),
  "pubsub.googleapis.com/Topic": service("queue-requests", { queueRequests: "unknown" }),
  "storage.googleapis.com/Bucket": service("bucket-storage", { bucketGb: "unknown" }),
};

/** Types whose price, or whose existence, only the resource itself tells. */
const ASK: { [type: string]: Question } = {
  "compute.googleapis.com/Disk": async (asset, project) => {
    const found = await details(() => getDisk({ project, zone: asset.location, name: lastPart(asset) }));
    if (found === "gone") return found;
    return { billing: found === "unknown" ? unknown : service("node-disk", { nodeDiskGib: found.size }) };
  },
  "compute.googleapis.com/Instance": async (asset, project) => {
    const found = await details(() => getInstance({ project, zone: asset.location, name: lastPart(asset) }));
    if (found === "gone") return found;
    // Accelerators that are attached to a machine have a price of their own.
    if (found === "unknown" || found.guestAccelerators.some(({ count }) => count > 0))
      return { billing: unknown };
    const { currentStatus, machineType } = found;
    const purchase = found.schedulings.some(({ preemptible }) => preemptible) ? "spot" : "on-demand";
    const isGoing = currentStatus === "STOPPING";
    return {
      billing: { kind: "machines", machineType, purchase, count: 1 },
      ...(isGoing && { lingering: { why: "is being deleted" } }),
    };
  },
  "cloudkms.googleapis.com/CryptoKey": async (asset) => {
    const found = await details(() => getKMSCryptoKeyVersion({ cryptoKey: idOf(asset) }));
    if (found === "unknown" || (found !== "gone" && found.state === "ENABLED"))
      return { billing: service("encryption-key", { encryptionKeys: 1 }) };
    const why =
      "Google Cloud deletes no key; its versions are destroyed 30 days after the destroy, and bill until then at most";
    return { billing: nothing, lingering: { why } };
  },
  "cloudkms.googleapis.com/KeyRing": async () => ({
    billing: nothing,
    lingering: { why: "Google Cloud deletes no key ring; it bills nothing" },
  }),
  "logging.googleapis.com/LogBucket": async ({ state }) => {
    if (state !== "DELETE_REQUESTED") return { billing: service("log-ingestion", { logGb: "unknown" }) };
    return { billing: nothing, lingering: { why: "a deleted log bucket can be brought back for 7 days" } };
  },
};

/** Commands of gcloud that take the name; where they want a place, its flag follows. */
const REMOVALS: { [type: string]: [command: string, place?: "zone" | "region" | "location"] } = {
  "artifactregistry.googleapis.com/Repository": ["artifacts repositories delete", "location"],
  "compute.googleapis.com/Address": ["compute addresses delete", "region"],
  "compute.googleapis.com/Disk": ["compute disks delete", "zone"],
  "compute.googleapis.com/Firewall": ["compute firewall-rules delete"],
  "compute.googleapis.com/ForwardingRule": ["compute forwarding-rules delete", "region"],
  "compute.googleapis.com/Instance": ["compute instances delete", "zone"],
  "compute.googleapis.com/Network": ["compute networks delete"],
  "compute.googleapis.com/Router": ["compute routers delete", "region"],
  "compute.googleapis.com/Snapshot": ["compute snapshots delete"],
  "compute.googleapis.com/Subnetwork": ["compute networks subnets delete", "region"],
  "container.googleapis.com/Cluster": ["container clusters delete", "location"],
  "iam.googleapis.com/ServiceAccount": ["iam service-accounts delete"],
  "pubsub.googleapis.com/Subscription": ["pubsub subscriptions delete"],
  "pubsub.googleapis.com/Topic": ["pubsub topics delete"],
  "secretmanager.googleapis.com/Secret": ["secrets delete"],
};

function removalOf(asset: Asset, project: string): string {
  const name = lastPart(asset);
  if (asset.assetType === "storage.googleapis.com/Bucket")
    return `gcloud storage rm --recursive gs://${name}`;
  const [command, place] = REMOVALS[asset.assetType] ?? [];
  if (command === undefined)
    return `the resource's page in https://console.cloud.google.com/iam-admin/asset-inventory/resources?project=${project}`;
  const at = place === undefined ? "" : ` --${place} ${asset.location}`;
  return `gcloud ${command} ${quoted(name)}${at} --project ${project}`;
}

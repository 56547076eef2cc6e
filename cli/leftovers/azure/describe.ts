import { getDisk } from "@pulumi/azure-native/compute/getDisk.js";
import { registryTiers } from "../../../pricing/stack-services.ts";
import { details, quoted } from "../ask.ts";
import { type Billing, type Leftover, nothing, service, unknown } from "../leftover.ts";

/** https://learn.microsoft.com/rest/api/resources/resources/list */
export interface Resource {
  id: string;
  name: string;
  type: string;
  location: string;
  provisioningState?: string;
  tags?: Record<string, string>;
  sku?: { name?: string; tier?: string; capacity?: number };
}

/** https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list-deleted */
export interface DeletedVault {
  id: string;
  name: string;
  properties: {
    vaultId: string;
    location: string;
    tags?: Record<string, string>;
    scheduledPurgeDate?: string;
  };
}

/** Undefined where the resource itself is gone, as the list is late. */
export async function describe(resource: Resource): Promise<Leftover | undefined> {
  const { id, type, location: region, provisioningState } = resource;
  const billing = await (ASK[type.toLowerCase()]?.(resource) ?? BILLING[type.toLowerCase()] ?? unknown);
  if (billing === "gone") return undefined;
  return {
    ...{ type, id, address: id, region, billing },
    removal: `az resource delete --ids ${quoted(id)}`,
    ...(provisioningState === "Deleting" && { lingering: { why: "is being deleted" } }),
  };
}

export function describeGroup({ id, name, location: region }: Resource): Leftover {
  const type = "Microsoft.Resources/resourceGroups";
  return {
    type,
    id,
    address: id,
    region,
    billing: nothing,
    removal: `az group delete --name ${quoted(name)}`,
  };
}

export function describeVault({ id, properties }: DeletedVault): Leftover {
  const { location: region, scheduledPurgeDate: until } = properties;
  const why = "a deleted vault can be brought back, and cannot be purged sooner; it bills nothing";
  return {
    ...{ type: "Microsoft.KeyVault/deletedVaults", id, address: id, region, billing: nothing },
    removal: "goes by itself",
    lingering: { why, ...(until && { until }) },
  };
}

/** What never changes with the resource, by type in lower case; a type in no table is unknown. */
const BILLING: { [type: string]: Billing } = {
  ...Object.fromEntries(
    [
      "microsoft.compute/availabilitysets",
      "microsoft.compute/proximityplacementgroups",
      "microsoft.consumption/budgets",
      "microsoft.insights/actiongroups",
      "microsoft.insights/datacollectionrules",
      "microsoft.managedidentity/userassignedidentities",
      "microsoft.network/networkinterfaces",
      "microsoft.network/networksecuritygroups",
      "microsoft.network/networkwatchers",
      "microsoft.network/routetables",
      "microsoft.network/virtualnetworks",
    ].map((type) => [type, nothing]),
  ),
  "microsoft.keyvault/vaults": unknown,
  "microsoft.network/loadbalancers": service("load-balancer", { loadBalancers: 1 }),
  "microsoft.network/natgateways": service("nat-gateway", { natGateways: 1 }),
  "microsoft.network/publicipaddresses": service("public-address", { publicAddresses: 1 }),
  "microsoft.operationalinsights/workspaces": service("log-ingestion", { logGb: "unknown" }),
  "microsoft.storage/storageaccounts": service("bucket-storage", { bucketGb: "unknown" }),
};

/** Types whose price only the particular resource tells. */
const ASK: { [type: string]: (resource: Resource) => Promise<Billing | "gone"> | Billing } = {
  "microsoft.compute/disks": async ({ id, name }) => {
    const found = await details(() => getDisk({ resourceGroupName: groupOf(id), diskName: name }));
    if (found === "gone") return found;
    const gib = found === "unknown" ? undefined : found.diskSizeGB;
    return gib === undefined ? unknown : service("node-disk", { nodeDiskGib: gib });
  },
  "microsoft.compute/virtualmachinescalesets": ({ sku }) =>
    sku?.name === undefined
      ? unknown
      : { kind: "machines", machineType: sku.name, purchase: "on-demand", count: sku.capacity ?? 1 },
  "microsoft.containerregistry/registries": ({ sku }) => {
    const tier = registryTiers.find((each) => each === sku?.name?.toLowerCase());
    return tier === undefined ? unknown : service(`registry-${tier}`, { registryGb: 0, registryTier: tier });
  },
  "microsoft.containerservice/managedclusters": ({ sku }) =>
    sku?.tier === "Free"
      ? service("control-plane-free", { freeControlPlane: true })
      : service("control-plane-standard", {}),
};

function groupOf(id: string): string {
  return /\/resourceGroups\/([^/]+)\//i.exec(id)?.[1] ?? "";
}

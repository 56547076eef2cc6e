import { BlobContainer } from "@pulumi/azure-native/storage/blobContainer.js";
import { ManagementPolicy } from "@pulumi/azure-native/storage/managementPolicy.js";
import { output } from "@pulumi/pulumi";
import type { Bucket } from "../../cloud.ts";
import { LARGE_MESSAGES } from "../../large-messages.ts";
import { type AzureContext, resourceId } from "./foundation.ts";
import { grantRoles } from "./grants.ts";
import type { AzureStorage } from "./storage-account.ts";

/** Days that versions which were replaced or deleted are kept. */
const VERSION_DAYS = 90;

/** A blob container with versions, as bucket. */
export function createBucket(context: AzureContext, { account, blobService }: AzureStorage): Bucket {
  const { dataOptions, inGroup, names, settings } = context;
  const container = new BlobContainer(
    "bucket",
    { ...inGroup, accountName: account.name, containerName: names.container, publicAccess: "None" },
    { ...dataOptions, protect: settings.deletionProtection, dependsOn: [blobService] },
  );
  new ManagementPolicy(
    "bucket-lifecycle",
    {
      ...inGroup,
      accountName: account.name,
      managementPolicyName: "default",
      policy: { rules: [oldVersions(names.container), largeMessages(names.container)] },
    },
    { ...dataOptions, dependsOn: [blobService] },
  );
  const scope = resourceId(
    context,
    `Microsoft.Storage/storageAccounts/${names.storageAccount}/blobServices/default/containers/${names.container}`,
  );
  const target = { name: "bucket", scope, resource: container };
  return {
    // Known before the account exists; whoever uses it comes after the grant, which comes after the container.
    url: output(`azblob://${names.storageAccount}/${names.container}`),
    snapshots: {
      destination: output(`az://${names.container}`),
      environment: { AZURE_STORAGE_ACCOUNT_NAME: names.storageAccount },
    },
    grantRead: (identity) => grantRoles(context, identity, "Storage Blob Data Reader", [target]),
    grantReadWrite: (identity) => grantRoles(context, identity, "Storage Blob Data Contributor", [target]),
  };
}

/** Data of messages goes when no queue holds a message for so long. */
function largeMessages(container: string) {
  return {
    name: "large-messages",
    enabled: true,
    type: "Lifecycle",
    definition: {
      filters: { blobTypes: ["blockBlob"], prefixMatch: [`${container}/${LARGE_MESSAGES.prefix}`] },
      actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: LARGE_MESSAGES.days } } },
    },
  };
}

function oldVersions(container: string) {
  return {
    name: "old-versions",
    enabled: true,
    type: "Lifecycle",
    definition: {
      filters: { blobTypes: ["blockBlob"], prefixMatch: [`${container}/`] },
      actions: { version: { delete: { daysAfterCreationGreaterThan: VERSION_DAYS } } },
    },
  };
}

import { BlobServiceProperties } from "@pulumi/azure-native/storage/blobServiceProperties.js";
import { StorageAccount, type StorageAccountArgs } from "@pulumi/azure-native/storage/storageAccount.js";
import { type CustomResourceOptions, interpolate, type Resource } from "@pulumi/pulumi";
import type { AzureContext } from "./foundation.ts";
import type { AzureLogs } from "./logs.ts";
import type { AzureNetwork } from "./network.ts";
import { createPrivateEndpoint } from "./private-endpoint.ts";

export interface AzureStorage {
  account: StorageAccount;
  blobService: BlobServiceProperties;
  /** Must be there before anything in the network can reach the account. */
  dependsOn: Resource[];
}

/** Days in which a deleted blob or container can be brought back. */
const RECOVERY_DAYS = { production: 30, other: 7 };

/**
 * The account that holds the bucket and the queues. It knows no keys; in production it is reached by private endpoints
 * only, else from the nodes' subnet only.
 */
export function createStorage(context: AzureContext, network: AzureNetwork, logs: AzureLogs): AzureStorage {
  const { dataOptions, names, production, settings } = context;
  const account = new StorageAccount(
    "storage",
    {
      ...accountSettings(context),
      accountName: names.storageAccount,
      sku: { name: production ? "Standard_ZRS" : "Standard_LRS" },
      publicNetworkAccess: production ? "Disabled" : "Enabled",
      networkRuleSet: {
        defaultAction: "Deny",
        bypass: "None",
        virtualNetworkRules: production
          ? []
          : [{ virtualNetworkResourceId: network.nodes.id, action: "Allow" }],
        ipRules: [],
      },
    },
    { ...dataOptions, protect: settings.deletionProtection },
  );
  const blobService = createBlobService(context, "storage-blobs", account, {
    isVersioningEnabled: true,
    options: dataOptions,
  });
  logs.keep("bucket", interpolate`${account.id}/blobServices/default`);
  logs.keep("queue", interpolate`${account.id}/queueServices/default`);
  const services = production ? (["blob", "queue"] as const) : [];
  const dependsOn = services.map((service) => createPrivateEndpoint(context, network, service, account.id));
  return { account, blobService, dependsOn };
}

/** The account that the network watcher writes flow logs to, by an identity. */
export function createFlowLogStorage(context: AzureContext): StorageAccount {
  const { names, parent } = context;
  const account = new StorageAccount(
    "flow-log-storage",
    {
      ...accountSettings(context),
      accountName: names.flowLogAccount,
      sku: { name: "Standard_LRS" },
      publicNetworkAccess: "Enabled",
      // The network watcher is one of the trusted services.
      networkRuleSet: {
        defaultAction: "Deny",
        bypass: "AzureServices",
        virtualNetworkRules: [],
        ipRules: [],
      },
    },
    { parent },
  );
  // Flow logs are written again every minute: each time would leave a version.
  createBlobService(context, "flow-log-blobs", account, { isVersioningEnabled: false, options: { parent } });
  return account;
}

function accountSettings({ placed }: AzureContext): Omit<StorageAccountArgs, "sku"> {
  return {
    ...placed,
    kind: "StorageV2",
    accessTier: "Hot",
    allowBlobPublicAccess: false,
    allowSharedKeyAccess: false,
    allowCrossTenantReplication: false,
    defaultToOAuthAuthentication: true,
    isLocalUserEnabled: false,
    enableHttpsTrafficOnly: true,
    minimumTlsVersion: "TLS1_2",
    encryption: {
      keySource: "Microsoft.Storage",
      requireInfrastructureEncryption: true,
      services: {
        blob: { enabled: true, keyType: "Account" },
        queue: { enabled: true, keyType: "Account" },
      },
    },
  };
}

function createBlobService(
  { inGroup, production }: AzureContext,
  name: string,
  account: StorageAccount,
  { isVersioningEnabled, options }: { isVersioningEnabled: boolean; options: CustomResourceOptions },
): BlobServiceProperties {
  const retention = { enabled: true, days: production ? RECOVERY_DAYS.production : RECOVERY_DAYS.other };
  return new BlobServiceProperties(
    name,
    {
      ...inGroup,
      accountName: account.name,
      blobServicesName: "default",
      isVersioningEnabled,
      deleteRetentionPolicy: retention,
      containerDeleteRetentionPolicy: retention,
    },
    options,
  );
}

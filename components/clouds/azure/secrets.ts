import { Vault } from "@pulumi/azure-native/keyvault/vault.js";
import { interpolate, type Resource } from "@pulumi/pulumi";
import type { SecretStore } from "../../cloud.ts";
import type { AzureContext } from "./foundation.ts";
import { grantRoles } from "./grants.ts";
import type { AzureLogs } from "./logs.ts";
import type { AzureNetwork } from "./network.ts";
import { createPrivateEndpoint } from "./private-endpoint.ts";

export interface AzureSecrets extends SecretStore {
  /** Must be there before anything in the network can reach the vault. */
  dependsOn: Resource[];
}

/**
 * Days that a deleted vault, or a deleted secret in it, can be brought back. Azure allows 7 to 90, and no change
 * (https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview).
 */
const RECOVERY_DAYS = { production: 90, other: 7 };

/**
 * A vault for the secrets of the stack's workflows, apart from the one of the cluster's key: the cluster may change that
 * one, and nobody but the workflows' identity reads this. Nothing purges a deleted vault before its days are over, and
 * till then its name is taken: the engine names it, so that a stack that was destroyed can be made again at once.
 */
export function createSecrets(context: AzureContext, network: AzureNetwork, logs: AzureLogs): AzureSecrets {
  const { account, dataOptions, placed, production, settings } = context;
  const vault = new Vault(
    "secrets",
    {
      ...placed,
      properties: {
        tenantId: account.tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: production ? RECOVERY_DAYS.production : RECOVERY_DAYS.other,
        enablePurgeProtection: true,
        publicNetworkAccess: production ? "Disabled" : "Enabled",
        networkAcls: {
          defaultAction: "Deny",
          bypass: "None",
          ipRules: [],
          virtualNetworkRules: production ? [] : [{ id: network.nodes.id }],
        },
      },
    },
    {
      ...dataOptions,
      protect: settings.deletionProtection,
      // Azure refuses another number: a stack that becomes one of production keeps the days that it began with.
      ignoreChanges: ["properties.softDeleteRetentionInDays"],
    },
  );
  logs.keep("secrets", vault.id);
  const target = { name: "secrets", scope: vault.id, resource: vault };
  return {
    url: interpolate`azkeyvault://${vault.name}`,
    grantRead: (identity) => grantRoles(context, identity, "Key Vault Secrets User", [target]),
    dependsOn: production ? [createPrivateEndpoint(context, network, "vault", vault.id)] : [],
  };
}

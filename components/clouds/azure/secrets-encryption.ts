import { Key } from "@pulumi/azure-native/keyvault/key.js";
import { Vault } from "@pulumi/azure-native/keyvault/vault.js";
import type { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity.js";
import type { Resource } from "@pulumi/pulumi";
import type { AzureContext } from "./foundation.ts";
import type { AzureLogs } from "./logs.ts";
import { assignRole } from "./roles.ts";

export interface SecretsEncryption {
  vault: Vault;
  key: Key;
  dependsOn: Resource[];
}

/** Days that a deleted vault can be brought back, and its name is taken. */
const SOFT_DELETE_DAYS = 90;

/**
 * In production a key of the stack's own encrypts the cluster's secrets. The vault is private, which AKS supports where
 * the API server is in the network (https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption).
 */
export function createSecretsEncryption(
  context: AzureContext,
  cluster: UserAssignedIdentity,
  logs: AzureLogs,
): SecretsEncryption | undefined {
  const { account, inGroup, parent, placed, production, settings } = context;
  const options = { parent, protect: settings.deletionProtection };
  if (!production) return undefined;
  // Named by the engine: the name of a deleted vault stays taken.
  const vault = new Vault(
    "vault",
    {
      ...placed,
      properties: {
        tenantId: account.tenantId,
        sku: { family: "A", name: "premium" },
        enableRbacAuthorization: true,
        enableSoftDelete: true,
        softDeleteRetentionInDays: SOFT_DELETE_DAYS,
        enablePurgeProtection: true,
        publicNetworkAccess: "Disabled",
        networkAcls: { defaultAction: "Deny", bypass: "AzureServices", ipRules: [], virtualNetworkRules: [] },
      },
    },
    options,
  );
  const key = new Key(
    "cluster-key",
    {
      ...inGroup,
      vaultName: vault.name,
      keyName: "cluster",
      properties: { kty: "RSA-HSM", keySize: 3072, keyOps: ["encrypt", "decrypt"] },
      tags: placed.tags,
    },
    options,
  );
  logs.keep("vault", vault.id);
  const grants = (["Key Vault Crypto User", "Key Vault Contributor"] as const).map((role) =>
    assignRole(
      context,
      role === "Key Vault Crypto User" ? "identity-cluster-key" : "identity-cluster-vault",
      {
        role,
        scope: vault.id,
        principalId: cluster.principalId,
      },
    ),
  );
  return { vault, key, dependsOn: grants };
}

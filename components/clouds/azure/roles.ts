import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment.js";
import type { CustomResourceOptions, Input } from "@pulumi/pulumi";
import type { AzureContext } from "./foundation.ts";

/**
 * Built-in roles by id. Source: MicrosoftDocs/azure-docs, articles/role-based-access-control/built-in-roles.md at
 * 00a583295ba737a5caf885472cb3bca3624e9cde and the pages that it names, read 2026-11-21.
 */
const roles = {
  AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  "Azure Kubernetes Service RBAC Cluster Admin": "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
  "Key Vault Contributor": "f25e0fa2-a7c8-4377-a976-54943a77a395",
  "Key Vault Crypto User": "12338af0-0e69-4776-bea7-57ae8d297424",
  "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
  "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
  "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
  "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
  "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  "Storage Queue Data Contributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
  "Storage Queue Data Reader": "19e7f393-937e-4f77-808e-94535e297925",
} as const;

export type RoleName = keyof typeof roles;

export type PrincipalType = "Group" | "ServicePrincipal" | "User";

export interface RoleGrant {
  role: RoleName;
  /** Id of the resource that the role holds for, and all below it. */
  scope: Input<string>;
  /** Object id of the principal. */
  principalId: Input<string>;
  /** Default: ServicePrincipal. */
  principalType?: PrincipalType;
  options?: CustomResourceOptions;
}

/** Gives a principal a role on one resource. */
export function assignRole(
  { account, parent }: Pick<AzureContext, "account" | "parent">,
  name: string,
  { role, scope, principalId, principalType = "ServicePrincipal", options = {} }: RoleGrant,
): RoleAssignment {
  return new RoleAssignment(
    name,
    {
      scope,
      principalId,
      // Told, so that Azure does not look up an identity that its directory has not heard of yet.
      principalType,
      roleDefinitionId: `/subscriptions/${account.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roles[role]}`,
    },
    { parent, ...options },
  );
}

import type { ManagedCluster } from "@pulumi/azure-native/containerservice/managedCluster.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { readClusterAdmins } from "../../preflight/cluster-admins.ts";
import type { AzureAccount } from "./account.ts";
import type { AzureContext } from "./foundation.ts";
import { assignRole, type PrincipalType } from "./roles.ts";

/** Name of the grant to whoever brought the stack up first. */
const MAKER = "deployer-cluster-admin";

const principalTypes: Record<string, PrincipalType> = {
  group: "Group",
  user: "User",
  servicePrincipal: "ServicePrincipal",
};

/**
 * Groups, users and service principals that `skyloom:clusterAdmins` names; none: the one who made the stack. Their kind
 * belongs to the name, since Azure takes what it is not told for a user.
 */
export function clusterAdmins(): { names: string[]; problems: string[] } {
  return readClusterAdmins({
    pattern: /^(group|user|servicePrincipal):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    allowed:
      "group:00000000-0000-0000-0000-000000000000 (or user:, servicePrincipal:; an object id of Entra)",
  });
}

/** Why nobody could log in to the cluster. */
export function clusterAccessProblems({ objectId }: Pick<AzureAccount, "objectId">): string[] {
  const { names, problems } = clusterAdmins();
  if (problems.length > 0 || names.length > 0 || objectId !== undefined) return problems;
  return [
    "skyloom:clusterAdmins: the login does not tell its object id, so name who administers the cluster: group:ID, user:ID or servicePrincipal:ID",
  ];
}

/**
 * Makes the administrators of the cluster. Without a list it is who brought the stack up first: that somebody else runs
 * an update must not lock them out.
 * @returns what must be there before anybody can log in.
 */
export function createClusterAccess(context: AzureContext, cluster: ManagedCluster): Resource[] {
  const { objectId = "", token } = context.account;
  const { names } = clusterAdmins();
  const grant = (name: string, id: string, type: PrincipalType, options: CustomResourceOptions) =>
    assignRole(context, name, {
      role: "Azure Kubernetes Service RBAC Cluster Admin",
      scope: cluster.id,
      principalId: id,
      principalType: type,
      options,
    });
  if (names.length === 0)
    return [
      grant(MAKER, objectId, token?.claims.principalType ?? "User", {
        ignoreChanges: ["principalId", "principalType"],
      }),
    ];
  return names.map((name) => {
    const [kind = "", id = ""] = name.split(":");
    // Whoever made the stack and is named now keeps the role: Azure gives none twice.
    const aliases = id === objectId ? [{ name: MAKER }] : [];
    return grant(`cluster-admin-${id}`, id, principalTypes[kind] ?? "User", {
      aliases,
      // Made by the engine: the one of the maker stays, too.
      ignoreChanges: ["roleAssignmentName"],
      deleteBeforeReplace: true,
    });
  });
}

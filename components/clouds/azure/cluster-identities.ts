import type { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity.js";
import type { Resource } from "@pulumi/pulumi";
import type { AzureContext } from "./foundation.ts";
import { createManagedIdentity } from "./identity.ts";
import type { AzureNetwork } from "./network.ts";
import type { AzureRegistry } from "./registry.ts";
import { assignRole } from "./roles.ts";

export interface ClusterIdentities {
  /** What the cluster's control plane acts as. */
  controlPlane: UserAssignedIdentity;
  /** What nodes pull images as. */
  nodes: UserAssignedIdentity;
  /** Must be in place before the cluster is made. */
  dependsOn: Resource[];
}

/** The cluster's two identities with the least that AKS needs: the subnets, the nodes' identity, the registry. */
export function createClusterIdentities(
  context: AzureContext,
  network: AzureNetwork,
  registry: AzureRegistry,
): ClusterIdentities {
  const controlPlane = createManagedIdentity(context, "cluster");
  const nodes = createManagedIdentity(context, "nodes");
  const principalId = controlPlane.principalId;
  const subnets = { nodes: network.nodes, "api-server": network.apiServer };
  const subnetGrants = Object.entries(subnets).flatMap(([name, subnet]) =>
    subnet === undefined
      ? []
      : [
          assignRole(context, `identity-cluster-subnet-${name}`, {
            role: "Network Contributor",
            scope: subnet.id,
            principalId,
          }),
        ],
  );
  const operator = assignRole(context, "identity-cluster-nodes", {
    role: "Managed Identity Operator",
    scope: nodes.id,
    principalId,
  });
  const pull = assignRole(context, "identity-nodes-pull", {
    role: "AcrPull",
    scope: registry.resource.id,
    principalId: nodes.principalId,
  });
  return { controlPlane, nodes, dependsOn: [...subnetGrants, operator, pull] };
}

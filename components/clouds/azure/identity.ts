import { FederatedIdentityCredential } from "@pulumi/azure-native/managedidentity/federatedIdentityCredential.js";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity.js";
import type { Output } from "@pulumi/pulumi";
import type { CloudIdentity } from "../../kubernetes/create-kubernetes-cluster.ts";
import type { AzureContext } from "./foundation.ts";

/**
 * A managed identity for a workload, which Azure lets the workload's Kubernetes service account act as: no key exists
 * (https://learn.microsoft.com/azure/aks/workload-identity-overview).
 */
export function createIdentity(
  context: AzureContext,
  issuer: Output<string>,
  workload: string,
  serviceAccount: { namespace: string; name: string },
): CloudIdentity {
  const { account, inGroup, parent } = context;
  const identity = createManagedIdentity(context, workload);
  const federation = new FederatedIdentityCredential(
    `identity-${workload}-federation`,
    {
      ...inGroup,
      resourceName: identity.name,
      federatedIdentityCredentialResourceName: "kubernetes",
      issuer,
      subject: `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}`,
      audiences: ["api://AzureADTokenExchange"],
    },
    { parent },
  );
  context.principalIds.set(workload, identity.principalId);
  return {
    principal: identity.clientId,
    dependsOn: [federation],
    annotations: {
      "azure.workload.identity/client-id": identity.clientId,
      "azure.workload.identity/tenant-id": identity.tenantId.apply((tenant) => tenant || account.tenantId),
    },
    podLabels: { "azure.workload.identity/use": "true" },
  };
}

/** An identity without any role yet. */
export function createManagedIdentity(
  { names, parent, placed }: AzureContext,
  purpose: string,
): UserAssignedIdentity {
  return new UserAssignedIdentity(
    `identity-${purpose}`,
    { ...placed, resourceName: names.identity(purpose) },
    { parent },
  );
}

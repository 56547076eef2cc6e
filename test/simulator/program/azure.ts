import { getClientConfigOutput } from "@pulumi/azure-native/authorization/getClientConfig.js";
import { RoleAssignment } from "@pulumi/azure-native/authorization/roleAssignment.js";
import { Registry } from "@pulumi/azure-native/containerregistry/registry.js";
import { AgentPool } from "@pulumi/azure-native/containerservice/agentPool.js";
import { listManagedClusterUserCredentialsOutput } from "@pulumi/azure-native/containerservice/listManagedClusterUserCredentials.js";
import { ManagedCluster } from "@pulumi/azure-native/containerservice/managedCluster.js";
import { FederatedIdentityCredential } from "@pulumi/azure-native/managedidentity/federatedIdentityCredential.js";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity.js";
import { Subnet } from "@pulumi/azure-native/network/subnet.js";
import { VirtualNetwork } from "@pulumi/azure-native/network/virtualNetwork.js";
import { ResourceGroup } from "@pulumi/azure-native/resources/resourceGroup.js";
import { BlobContainer } from "@pulumi/azure-native/storage/blobContainer.js";
import { Queue } from "@pulumi/azure-native/storage/queue.js";
import { StorageAccount } from "@pulumi/azure-native/storage/storageAccount.js";
import * as pulumi from "@pulumi/pulumi";
import { variant } from "./variant.ts";

const tags = { project: "skyloom" };
const BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

function storage(resourceGroupName: pulumi.Input<string>) {
  const account = new StorageAccount("data", {
    resourceGroupName,
    kind: "StorageV2",
    sku: { name: "Standard_ZRS" },
    allowBlobPublicAccess: false,
    tags,
  });
  new BlobContainer("models", { resourceGroupName, accountName: account.name, containerName: "models" });
  new Queue("jobs", { resourceGroupName, accountName: account.name, queueName: "jobs" });
  return account;
}

export function declareAzure() {
  const resourceGroupName = new ResourceGroup("skyloom", { tags }).name;
  const network = new VirtualNetwork("network", {
    resourceGroupName,
    addressSpace: { addressPrefixes: ["10.1.0.0/16"] },
    tags,
  });
  const subnet = new Subnet("nodes", {
    resourceGroupName,
    virtualNetworkName: network.name,
    addressPrefix: "10.1.0.0/20",
  });
  const cluster = new ManagedCluster("cluster", {
    resourceGroupName,
    resourceName: "skyloom-test",
    dnsPrefix: "skyloom",
    identity: { type: "SystemAssigned" },
    oidcIssuerProfile: { enabled: true },
    agentPoolProfiles: [
      { name: "system", mode: "System", count: 2, vmSize: "Standard_D4s_v5", vnetSubnetID: subnet.id },
    ],
    networkProfile: { networkPlugin: "azure", serviceCidr: "10.2.0.0/16", dnsServiceIP: "10.2.0.10" },
    tags,
  });
  new AgentPool("gpu", {
    resourceGroupName,
    resourceName: cluster.name,
    agentPoolName: "gpu",
    enableAutoScaling: true,
    minCount: 0,
    maxCount: variant.gpuMaximum ?? 2,
    vmSize: variant.azureMachine ?? "Standard_NC24ads_A100_v4",
    vnetSubnetID: subnet.id,
    tags,
  });
  const account = storage(resourceGroupName);
  const registry = new Registry("images", { resourceGroupName, sku: { name: "Premium" }, tags });
  const identity = new UserAssignedIdentity("runtime", { resourceGroupName, tags });
  new FederatedIdentityCredential("runtime", {
    resourceGroupName,
    resourceName: identity.name,
    audiences: ["api://AzureADTokenExchange"],
    issuer: cluster.oidcIssuerProfile.apply((profile) => profile?.issuerURL ?? ""),
    subject: "system:serviceaccount:skyloom:runtime",
  });
  const subscription = getClientConfigOutput().subscriptionId;
  new RoleAssignment("runtime-data", {
    scope: account.id,
    principalId: identity.principalId,
    principalType: "ServicePrincipal",
    roleDefinitionId: pulumi.interpolate`/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${BLOB_CONTRIBUTOR}`,
  });
  const credentials = listManagedClusterUserCredentialsOutput({
    resourceGroupName,
    resourceName: cluster.name,
  });
  const kubeconfig = credentials.kubeconfigs.apply((all) =>
    Buffer.from(all[0]?.value ?? "", "base64").toString("utf8"),
  );
  return {
    blob: account.primaryEndpoints.blob,
    loginServer: registry.loginServer,
    clientId: identity.clientId,
    kubeconfig: pulumi.secret(kubeconfig),
  };
}

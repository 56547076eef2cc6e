/** The type in any version of Azure's interface, in the whole provider or in a package made for one version. */
const azure = (module: string, type: string) => `azure-native*:${module}*:${type}`;

export const managedCluster = azure("containerservice", "ManagedCluster");
export const agentPool = azure("containerservice", "AgentPool");
export const storageAccount = azure("storage", "StorageAccount");
export const blobServiceProperties = azure("storage", "BlobServiceProperties");
export const containerRegistry = azure("containerregistry", "Registry");
export const serviceBusNamespace = azure("servicebus", "Namespace");
export const serviceBusQueue = azure("servicebus", "Queue");
export const keyVault = azure("keyvault", "Vault");
export const roleAssignment = azure("authorization", "RoleAssignment");

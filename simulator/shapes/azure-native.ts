import type { ShapeTable } from "./shape.ts";

const GROUP = "/subscriptions/{subscription}/resourceGroups/{resourceGroupName}";

/** Resource types by their path in the Azure Resource Manager; the last `{…}` is the name. */
const PATHS: { [type: string]: string } = {
  "authorization:ManagementLockByScope": "/{scope}/providers/Microsoft.Authorization/locks/{lockName}",
  "compute:AvailabilitySet": "Microsoft.Compute/availabilitySets/{availabilitySetName}",
  "compute:Disk": "Microsoft.Compute/disks/{diskName}",
  "compute:DiskEncryptionSet": "Microsoft.Compute/diskEncryptionSets/{diskEncryptionSetName}",
  "compute:ProximityPlacementGroup":
    "Microsoft.Compute/proximityPlacementGroups/{proximityPlacementGroupName}",
  "compute:VirtualMachineScaleSet": "Microsoft.Compute/virtualMachineScaleSets/{vmScaleSetName}",
  "containerregistry:Registry": "Microsoft.ContainerRegistry/registries/{registryName}",
  "containerservice:AgentPool":
    "Microsoft.ContainerService/managedClusters/{resourceName}/agentPools/{agentPoolName}",
  "containerservice:ManagedCluster": "Microsoft.ContainerService/managedClusters/{resourceName}",
  "dbforpostgresql:Server": "Microsoft.DBforPostgreSQL/flexibleServers/{serverName}",
  "eventgrid:SystemTopic": "Microsoft.EventGrid/systemTopics/{systemTopicName}",
  "keyvault:Key": "Microsoft.KeyVault/vaults/{vaultName}/keys/{keyName}",
  "keyvault:Secret": "Microsoft.KeyVault/vaults/{vaultName}/secrets/{secretName}",
  "keyvault:Vault": "Microsoft.KeyVault/vaults/{vaultName}",
  "managedidentity:FederatedIdentityCredential":
    "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
  "managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
  "monitor:ActionGroup": "Microsoft.Insights/actionGroups/{actionGroupName}",
  "monitor:DataCollectionRule": "Microsoft.Insights/dataCollectionRules/{dataCollectionRuleName}",
  "monitor:MetricAlert": "Microsoft.Insights/metricAlerts/{ruleName}",
  "network:FlowLog": "Microsoft.Network/networkWatchers/{networkWatcherName}/flowLogs/{flowLogName}",
  "network:LoadBalancer": "Microsoft.Network/loadBalancers/{loadBalancerName}",
  "network:NatGateway": "Microsoft.Network/natGateways/{natGatewayName}",
  "network:NetworkSecurityGroup": "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
  "network:NetworkWatcher": "Microsoft.Network/networkWatchers/{networkWatcherName}",
  "network:PrivateDnsZoneGroup":
    "Microsoft.Network/privateEndpoints/{privateEndpointName}/privateDnsZoneGroups/{privateDnsZoneGroupName}",
  "network:PrivateEndpoint": "Microsoft.Network/privateEndpoints/{privateEndpointName}",
  "network:PublicIPAddress": "Microsoft.Network/publicIPAddresses/{publicIpAddressName}",
  "network:PublicIPPrefix": "Microsoft.Network/publicIPPrefixes/{publicIpPrefixName}",
  "network:RouteTable": "Microsoft.Network/routeTables/{routeTableName}",
  "network:SecurityRule":
    "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}/securityRules/{securityRuleName}",
  "network:Subnet": "Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
  "network:VirtualNetwork": "Microsoft.Network/virtualNetworks/{virtualNetworkName}",
  "operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces/{workspaceName}",
  "privatedns:PrivateZone": "Microsoft.Network/privateDnsZones/{privateZoneName}",
  "privatedns:VirtualNetworkLink":
    "Microsoft.Network/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
  "servicebus:Namespace": "Microsoft.ServiceBus/namespaces/{namespaceName}",
  "servicebus:Queue": "Microsoft.ServiceBus/namespaces/{namespaceName}/queues/{queueName}",
  "storage:BlobContainer":
    "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}",
  "storage:BlobServiceProperties": "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default",
  "storage:ManagementPolicy": "Microsoft.Storage/storageAccounts/{accountName}/managementPolicies/default",
  "storage:Queue": "Microsoft.Storage/storageAccounts/{accountName}/queueServices/default/queues/{queueName}",
  "storage:QueueServiceProperties": "Microsoft.Storage/storageAccounts/{accountName}/queueServices/default",
  "storage:StorageAccount": "Microsoft.Storage/storageAccounts/{accountName}",
};

const OUTSIDE_OF_GROUPS: { [type: string]: string } = {
  "resources:ResourceGroup": GROUP,
  "authorization:RoleAssignment":
    "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
  "authorization:RoleDefinition":
    "/{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
  "consumption:Budget": "/{scope}/providers/Microsoft.Consumption/budgets/{budgetName}",
  "costmanagement:Budget": "/{scope}/providers/Microsoft.CostManagement/budgets/{budgetName}",
  "monitor:DiagnosticSetting": "/{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
};

function lastVariable(path: string): string {
  return [...path.matchAll(/\{(\w+)\}/g)].at(-1)?.[1] ?? "name";
}

function shapes(): ShapeTable {
  const table: ShapeTable = {};
  for (const [type, path] of Object.entries(PATHS))
    table[`azure-native:${type}`] = {
      id: path.startsWith("/") ? path : `${GROUP}/providers/${path}`,
      name: lastVariable(path),
    };
  for (const [type, path] of Object.entries(OUTSIDE_OF_GROUPS))
    table[`azure-native:${type}`] = { id: path, name: lastVariable(path) };
  return table;
}

// Paths as in the Azure REST API reference of each type, which is also the id that `pulumi import` takes.
export const azureNativeShapes: ShapeTable = shapes();

/** The inputs that are part of a resource's path: a change of one replaces it (pulumi-azure-native, diff.go). */
export function pathParameters(type: string): string[] {
  const id = azureNativeShapes[type]?.id ?? `${GROUP}/{resourceName}`;
  return [...id.matchAll(/\{(\w+)\}/g)]
    .map((match) => match[1] ?? "")
    .filter((name) => name !== "subscription");
}

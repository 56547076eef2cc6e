import { pathParameters } from "../shapes/azure-native.ts";
import { type ReplacementRule, type ReplacementTable, rules } from "./rule.ts";

const FORCE_NEW =
  "github.com/pulumi/pulumi-azure-native provider/pkg/gen/replacement.go (forceNewMap) at 1b7112af33c62b247daed1028686bf279f4d5e69";
const PATH = "github.com/pulumi/pulumi-azure-native provider/pkg/provider/diff.go (path parameters)";
const MUTABILITY = "github.com/Azure/azure-rest-api-specs x-ms-mutability [create, read]";

// What the provider replaces besides the parts of a resource's path. A body property that neither list names is sent
// as an update, and the service may refuse it: see refusedUpdates.
export const azureNativeReplacements: ReplacementTable = {
  "azure-native:authorization:RoleAssignment": rules(
    FORCE_NEW,
    "principalId",
    "scope",
    "roleDefinitionId",
    "principalType",
  ),
  "azure-native:containerservice:AgentPool": rules(
    FORCE_NEW,
    "gpuInstanceProfile",
    "networkProfile.nodePublicIPTags",
    "vmSize",
  ),
  "azure-native:containerservice:ManagedCluster": [
    ...rules(
      FORCE_NEW,
      "diskEncryptionSetID",
      "dnsPrefix",
      "fqdnSubdomain",
      "linuxProfile",
      "location",
      "nodeResourceGroup",
      "windowsProfile",
    ),
    // The whole profile was in the map until issue 4756; since then only these, some of which AKS could even migrate.
    ...rules(
      FORCE_NEW,
      "networkProfile.dnsServiceIP",
      "networkProfile.networkDataplane",
      "networkProfile.networkMode",
      "networkProfile.networkPlugin",
      "networkProfile.networkPluginMode",
      "networkProfile.networkPolicy",
      "networkProfile.outboundType",
      "networkProfile.podCidr",
      "networkProfile.serviceCidr",
      "networkProfile.serviceCidrs",
    ),
  ],
  "azure-native:containerregistry:Registry": rules(MUTABILITY, "location"),
  "azure-native:keyvault:Key": rules(
    MUTABILITY,
    "properties.kty",
    "properties.keySize",
    "properties.curveName",
  ),
  "azure-native:keyvault:Vault": rules(MUTABILITY, "location"),
  "azure-native:managedidentity:UserAssignedIdentity": rules(MUTABILITY, "location"),
  "azure-native:managedidentity:FederatedIdentityCredential": [],
  "azure-native:network:NatGateway": rules(MUTABILITY, "location", "sku", "zones"),
  "azure-native:network:NetworkSecurityGroup": rules(MUTABILITY, "location"),
  "azure-native:network:PrivateDnsZoneGroup": [],
  "azure-native:network:PrivateEndpoint": rules(FORCE_NEW, "location", "subnet"),
  "azure-native:network:PublicIPAddress": rules(
    FORCE_NEW,
    "location",
    "publicIPAddressVersion",
    "publicIPPrefix",
    "sku",
    "zones",
  ),
  "azure-native:network:Subnet": [],
  "azure-native:network:VirtualNetwork": rules(FORCE_NEW, "location"),
  "azure-native:operationalinsights:Workspace": rules(MUTABILITY, "location"),
  "azure-native:privatedns:PrivateZone": rules(MUTABILITY, "location"),
  "azure-native:privatedns:VirtualNetworkLink": rules(MUTABILITY, "location"),
  "azure-native:resources:ResourceGroup": rules(FORCE_NEW, "location"),
  "azure-native:servicebus:Namespace": rules(MUTABILITY, "location"),
  "azure-native:servicebus:Queue": rules(
    FORCE_NEW,
    "enablePartitioning",
    "requiresDuplicateDetection",
    "requiresSession",
  ),
  "azure-native:storage:BlobContainer": [],
  "azure-native:storage:BlobServiceProperties": [],
  "azure-native:storage:ManagementPolicy": [],
  "azure-native:storage:Queue": [],
  "azure-native:storage:StorageAccount": rules(FORCE_NEW, "isHnsEnabled", "location"),
};

/** The parts of the resource's path; for types that no list names also `location`. */
export function azurePathRules(type: string): ReplacementRule[] {
  const path = rules(PATH, ...pathParameters(type));
  return azureNativeReplacements[type] ? path : [...path, ...rules(MUTABILITY, "location")];
}

/** Properties of one type that the provider sends as an update and the service then refuses, with its error code. */
export interface RefusedUpdate {
  code: string;
  paths: string[];
  /** The service takes the change where this switch is on already. */
  unless?: string;
  source: string;
}

export const refusedUpdates: { [type: string]: RefusedUpdate[] } = {
  "azure-native:containerservice:AgentPool": [
    {
      code: "PropertyChangeNotAllowed",
      paths: [
        "availabilityZones",
        "enableEncryptionAtHost",
        "enableFIPS",
        "enableNodePublicIP",
        "enableUltraSSD",
        "kubeletConfig",
        "linuxOSConfig",
        "maxPods",
        "nodePublicIPPrefixID",
        "osDiskSizeGB",
        "osDiskType",
        "osType",
        "proximityPlacementGroupID",
        "scaleSetEvictionPolicy",
        "scaleSetPriority",
        "spotMaxPrice",
        "vnetSubnetID",
      ],
      source:
        "learn.microsoft.com/azure/aks/manage-node-pools (limitations) and the error PropertyChangeNotAllowed",
    },
  ],
  "azure-native:containerservice:ManagedCluster": [
    {
      code: "PropertyChangeNotAllowed",
      // No replacement: forceNewMap does not name it, nor does x-ms-mutability.
      paths: ["apiServerAccessProfile.enablePrivateCluster"],
      unless: "apiServerAccessProfile.enableVnetIntegration",
      source:
        "MicrosoftDocs/azure-aks-docs articles/aks/private-clusters.md at 0126398a3219a2f0fc482da8dd3b9f6e435727f5 (prerequisites) and api-server-vnet-integration.md at 0154c991f1f696b715919e3fe5230f2bd5d787d7 (enable or disable private cluster mode on an existing cluster)",
    },
    {
      code: "PropertyChangeNotAllowed",
      paths: ["networkProfile.ipFamilies", "networkProfile.podCidrs"],
      source: "learn.microsoft.com/azure/aks/configure-dual-stack (limitations)",
    },
  ],
  "azure-native:keyvault:Vault": [
    {
      code: "BadRequest",
      paths: [
        "properties.enablePurgeProtection",
        "properties.enableSoftDelete",
        "properties.softDeleteRetentionInDays",
      ],
      source:
        "learn.microsoft.com/azure/key-vault/general/soft-delete-overview; hashicorp/terraform-provider-azurerm internal/services/keyvault/key_vault_resource.go quotes the error",
    },
  ],
  "azure-native:storage:StorageAccount": [
    {
      code: "StorageAccountPropertyCannotBeUpdated",
      paths: ["encryption.requireInfrastructureEncryption"],
      source: "learn.microsoft.com/azure/storage/common/infrastructure-encryption-enable",
    },
  ],
};

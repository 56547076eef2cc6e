import { listManagedClusterUserCredentialsOutput } from "@pulumi/azure-native/containerservice/listManagedClusterUserCredentials.js";
import {
  ManagedCluster,
  type ManagedClusterArgs,
} from "@pulumi/azure-native/containerservice/managedCluster.js";
import { Provider } from "@pulumi/kubernetes/provider.js";
import { interpolate, type Output, type Resource, secret } from "@pulumi/pulumi";
import { createClusterAccess } from "./cluster-access.ts";
import type { ClusterIdentities } from "./cluster-identities.ts";
import type { AzureContext } from "./foundation.ts";
import { kubeloginKubeconfig } from "./kubeconfig.ts";
import { kubernetesVersion } from "./kubernetes-version.ts";
import type { AzureLogs } from "./logs.ts";
import type { AzureNetwork } from "./network.ts";
import type { SecretsEncryption } from "./secrets-encryption.ts";

export interface AzureCluster {
  resource: ManagedCluster;
  /** Reaches the cluster with Kubernetes objects. */
  provider: Provider;
  /** A secret. */
  kubeconfig: Output<string>;
  /** Who says who a pod is. */
  issuer: Output<string>;
  /** Must be in place before objects can be put into the cluster. */
  dependsOn: Resource[];
}

export interface ClusterParts {
  network: AzureNetwork;
  identities: ClusterIdentities;
  encryption: SecretsEncryption | undefined;
  logs: AzureLogs;
}

/** The control plane's logs that are kept; `kube-audit-admin` is the audit log without the requests that only read. */
const logCategories = ["kube-apiserver", "kube-controller-manager", "cluster-autoscaler", "guard"];

/** An AKS cluster that knows people and pods by Entra only, with its system pool. */
export function createAksCluster(context: AzureContext, parts: ClusterParts): AzureCluster {
  const { names, parent, production } = context;
  const { network, identities, encryption, logs } = parts;
  const resource = new ManagedCluster("cluster", clusterSettings(context, parts), {
    parent,
    protect: context.settings.deletionProtection,
    dependsOn: [network.nodes, ...identities.dependsOn, ...(encryption?.dependsOn ?? [])],
    // Azure cannot change the system pool in place, and lists the pools that are resources of their own here, too.
    ignoreChanges: ["agentPoolProfiles"],
  });
  logs.keep("cluster", resource.id, [...logCategories, production ? "kube-audit" : "kube-audit-admin"]);
  const dependsOn = createClusterAccess(context, resource);
  const kubeconfig = secret(
    listManagedClusterUserCredentialsOutput(
      { resourceGroupName: context.group.name, resourceName: resource.name, format: "exec" },
      { parent },
    ).apply(({ kubeconfigs }) => kubeloginKubeconfig(kubeconfigs?.[0]?.value, names.cluster)),
  );
  const provider = new Provider(
    "kubernetes",
    { kubeconfig, clusterIdentifier: resource.id },
    { parent, dependsOn },
  );
  const issuer = resource.oidcIssuerProfile.apply((profile) => profile?.issuerURL ?? "");
  return { resource, provider, kubeconfig, issuer, dependsOn };
}

function clusterSettings(context: AzureContext, parts: ClusterParts): ManagedClusterArgs {
  const { account, names, placed, production } = context;
  const { identities, logs } = parts;
  const { controlPlane, nodes } = identities;
  return {
    ...placed,
    resourceName: names.cluster,
    dnsPrefix: names.cluster,
    nodeResourceGroup: names.nodeGroup,
    kubernetesVersion,
    sku: { name: "Base", tier: production ? "Standard" : "Free" },
    supportPlan: "KubernetesOfficial",
    identity: { type: "UserAssigned", userAssignedIdentities: [controlPlane.id] },
    identityProfile: {
      kubeletidentity: { resourceId: nodes.id, clientId: nodes.clientId, objectId: nodes.principalId },
    },
    enableRBAC: true,
    aadProfile: { managed: true, enableAzureRBAC: true, tenantID: account.tenantId },
    disableLocalAccounts: true,
    oidcIssuerProfile: { enabled: true },
    apiServerAccessProfile: apiServerAccess(context, parts),
    networkProfile: networkProfile(),
    securityProfile: securityProfile(context, parts),
    autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" },
    workloadAutoScalerProfile: { keda: { enabled: true } },
    autoScalerProfile: {
      expander: "least-waste",
      scaleDownUnneededTime: "10m",
      skipNodesWithSystemPods: "false",
    },
    addonProfiles: {
      omsagent: {
        enabled: true,
        config: { logAnalyticsWorkspaceResourceID: logs.workspace.id, useAADAuth: "true" },
      },
    },
    agentPoolProfiles: [systemPool(context, parts)],
  };
}

/** Private, or open to the named ranges; the nodes come from the NAT gateway, unless the API server is in their network. */
function apiServerAccess({ settings }: AzureContext, { network }: ClusterParts) {
  const { enabled, allowedCidrs } = settings.publicEndpoint;
  return {
    disableRunCommand: true,
    enablePrivateCluster: !enabled,
    ...(enabled
      ? { authorizedIPRanges: [...allowedCidrs, interpolate`${network.egressAddress}/32`] }
      : { enablePrivateClusterPublicFQDN: false, privateDNSZone: "system" }),
    ...(network.apiServer && { enableVnetIntegration: true, subnetId: network.apiServer.id }),
  };
}

function networkProfile() {
  return {
    networkPlugin: "azure",
    networkPluginMode: "overlay",
    networkDataplane: "cilium",
    networkPolicy: "cilium",
    outboundType: "userAssignedNATGateway",
    loadBalancerSku: "standard",
    podCidr: "10.128.0.0/12",
    serviceCidr: "10.96.0.0/16",
    dnsServiceIP: "10.96.0.10",
  };
}

function securityProfile({ production }: AzureContext, { encryption, logs }: ClusterParts) {
  return {
    workloadIdentity: { enabled: true },
    imageCleaner: { enabled: true, intervalHours: 7 * 24 },
    ...(production && {
      defender: {
        logAnalyticsWorkspaceResourceId: logs.workspace.id,
        securityMonitoring: { enabled: true },
      },
    }),
    ...(encryption && {
      azureKeyVaultKms: {
        enabled: true,
        keyId: encryption.key.keyUriWithVersion,
        keyVaultNetworkAccess: "Private",
        keyVaultResourceId: encryption.vault.id,
      },
    }),
  };
}

/** For the cluster's own parts; nothing else runs there. */
function systemPool({ nodes, placed, production }: AzureContext, { network }: ClusterParts) {
  const { machine, minimum, maximum } = nodes.system;
  return {
    name: "system",
    mode: "System",
    type: "VirtualMachineScaleSets",
    vmSize: machine.machineType,
    count: minimum,
    minCount: minimum,
    maxCount: maximum,
    enableAutoScaling: true,
    ...(production && { availabilityZones: ["1", "2", "3"] }),
    osType: "Linux",
    osSKU: "Ubuntu",
    osDiskSizeGB: 128,
    vnetSubnetID: network.nodes.id,
    enableNodePublicIP: false,
    enableEncryptionAtHost: true,
    securityProfile: { enableSecureBoot: true, enableVTPM: true },
    nodeTaints: ["CriticalAddonsOnly=true:NoSchedule"],
    upgradeSettings: { maxSurge: "33%" },
    tags: placed.tags,
  };
}

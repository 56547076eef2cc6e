import { AZURE_TENANT, type ResourceContext, regionOf } from "../session.ts";
import { isProperties, type Properties, textAt, valueAt } from "../values.ts";
import type { OutputTable } from "./create-outputs.ts";

export const LATEST_AKS = "1.34.1";

function managedCluster(context: ResourceContext): Properties {
  const location = regionOf(context).toLowerCase().replaceAll(" ", "");
  const prefix =
    textAt(context.inputs, "dnsPrefix") ?? textAt(context.inputs, "resourceName") ?? context.name;
  const label = `${prefix}-${context.seed.hex(8, "dns")}`;
  const version = textAt(context.inputs, "kubernetesVersion") ?? LATEST_AKS;
  const group = textAt(context.inputs, "resourceGroupName") ?? "";
  const isPrivate = valueAt(context.inputs, ["apiServerAccessProfile", "enablePrivateCluster"]) === true;
  const issues = valueAt(context.inputs, ["oidcIssuerProfile", "enabled"]) === true;
  return {
    fqdn: `${label}.hcp.${location}.azmk8s.io`,
    privateFQDN: isPrivate
      ? `${label}.${context.seed.uuid("private")}.privatelink.${location}.azmk8s.io`
      : "",
    azurePortalFQDN: `${label}.portal.hcp.${location}.azmk8s.io`,
    currentKubernetesVersion: version,
    kubernetesVersion: version,
    nodeResourceGroup:
      textAt(context.inputs, "nodeResourceGroup") ??
      `MC_${group}_${textAt(context.inputs, "resourceName") ?? context.name}_${location}`,
    powerState: { code: "Running" },
    ...(issues
      ? {
          oidcIssuerProfile: {
            issuerURL: `https://${location}.oic.prod-aks.azure.com/${AZURE_TENANT}/${context.seed.uuid("issuer")}/`,
          },
        }
      : {}),
    identityProfile: {
      kubeletidentity: {
        clientId: context.seed.uuid("kubelet client"),
        objectId: context.seed.uuid("kubelet object"),
        resourceId: `/subscriptions/${context.session.subscription}/resourceGroups/${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${context.name}-agentpool`,
      },
    },
  };
}

function storageAccount(context: ResourceContext): Properties {
  const name = textAt(context.inputs, "accountName") ?? context.name;
  const services = ["blob", "queue", "table", "file", "dfs", "web"];
  const endpoints = services.map((service) => [service, `https://${name}.${service}.core.windows.net/`]);
  return {
    primaryEndpoints: Object.fromEntries(endpoints),
    primaryLocation: regionOf(context),
    statusOfPrimary: "available",
    creationTime: "2026-01-01T00:00:00Z",
  };
}

/** Child resources have no type of their own in the path's last segment: `type` follows the id. */
function resourceType(id: string): string {
  const [, rest = ""] = id.split(/\/providers\/(?!.*\/providers\/)/);
  const [namespace = "", ...segments] = rest.split("/");
  return [namespace, ...segments.filter((_, index) => index % 2 === 0)].join("/");
}

/** What every resource of the Azure Resource Manager has. */
export function azureCommonOutputs(id: string): Properties {
  const group = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)$/.exec(id);
  return {
    name: id.split("/").at(-1) ?? id,
    type: group ? "Microsoft.Resources/resourceGroups" : resourceType(id),
  };
}

export const azureNativeOutputs: OutputTable = {
  "azure-native:resources:ResourceGroup": () => ({ properties: { provisioningState: "Succeeded" } }),
  "azure-native:containerservice:ManagedCluster": managedCluster,
  "azure-native:containerservice:AgentPool": (context) => ({
    currentOrchestratorVersion: textAt(context.inputs, "orchestratorVersion") ?? LATEST_AKS,
    nodeImageVersion: "AKSUbuntu-2204gen2containerd-202601.01.0",
  }),
  "azure-native:storage:StorageAccount": storageAccount,
  "azure-native:containerregistry:Registry": (context) => ({
    loginServer: `${(textAt(context.inputs, "registryName") ?? context.name).toLowerCase()}.azurecr.io`,
    creationDate: "2026-01-01T00:00:00Z",
  }),
  "azure-native:managedidentity:UserAssignedIdentity": (context) => ({
    clientId: context.seed.uuid("client"),
    principalId: context.seed.uuid("principal"),
    tenantId: AZURE_TENANT,
  }),
  "azure-native:network:PublicIPAddress": (context) => ({ ipAddress: context.seed.publicAddress() }),
  "azure-native:keyvault:Vault": (context) => {
    const name = textAt(context.inputs, "vaultName") ?? context.name;
    const properties = context.inputs.properties;
    return {
      properties: {
        ...(isProperties(properties) ? properties : {}),
        vaultUri: `https://${name}.vault.azure.net/`,
      },
    };
  },
  "azure-native:keyvault:Key": (context) => {
    const key = `https://${textAt(context.inputs, "vaultName")}.vault.azure.net/keys/${textAt(context.inputs, "keyName") ?? context.name}`;
    return { keyUri: key, keyUriWithVersion: `${key}/${context.seed.hex(32, "version")}` };
  },
  "azure-native:operationalinsights:Workspace": (context) => ({ customerId: context.seed.uuid("customer") }),
  "azure-native:servicebus:Namespace": (context) => ({
    serviceBusEndpoint: `https://${textAt(context.inputs, "namespaceName") ?? context.name}.servicebus.windows.net:443/`,
  }),
};

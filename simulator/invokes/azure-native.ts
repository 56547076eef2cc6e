import { certificate } from "../outputs/certificate.ts";
import { ProviderError } from "../provider-error.ts";
import { accessToken } from "../resource-manager.ts";
import { AZURE_TENANT } from "../session.ts";
import type { StoredResource } from "../store.ts";
import { type Properties, textAt } from "../values.ts";
import type { InvokeContext, InvokeTable } from "./invoke.ts";

function find(context: InvokeContext, type: string, path: string): StoredResource {
  const group = textAt(context.inputs, "resourceGroupName") ?? "";
  const id = `/subscriptions/${context.session.subscription}/resourceGroups/${group}${path}`;
  const found = context.store.get(type, id);
  if (found) return found;
  throw new ProviderError(
    "not-found",
    `Status=404 Code="ResourceNotFound" Message="The Resource '${path.replace(/^\/providers\//, "")}' under resource group '${group}' was not found."`,
  );
}

function managedCluster(context: InvokeContext): StoredResource {
  const name = textAt(context.inputs, "resourceName") ?? "";
  return find(
    context,
    "azure-native:containerservice:ManagedCluster",
    `/providers/Microsoft.ContainerService/managedClusters/${name}`,
  );
}

/** The kubeconfig that `az aks get-credentials` writes: for people by the kubelogin plug-in, for administrators by certificate. */
function credentials(context: InvokeContext, administrator: boolean): Properties {
  const cluster = managedCluster(context);
  const name = textAt(cluster.inputs, "resourceName") ?? context.name;
  const host = textAt(cluster.outputs, "privateFQDN") || textAt(cluster.outputs, "fqdn");
  const user = `cluster${administrator ? "Admin" : "User"}_${textAt(cluster.inputs, "resourceGroupName")}_${name}`;
  const login = {
    exec: {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "kubelogin",
      args: ["get-token", "--login", "azurecli"],
    },
  };
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: { server: `https://${host}:443`, "certificate-authority-data": certificate(context) },
      },
    ],
    users: [{ name: user, user: administrator ? { token: context.seed.hex(128, "administrator") } : login }],
    contexts: [{ name, context: { cluster: name, user } }],
    "current-context": name,
  };
  const value = Buffer.from(JSON.stringify(kubeconfig)).toString("base64");
  return { kubeconfigs: [{ name: administrator ? "clusterAdmin" : "clusterUser", value }] };
}

function registryCredentials(context: InvokeContext): Properties {
  const name = textAt(context.inputs, "registryName") ?? "";
  find(
    context,
    "azure-native:containerregistry:Registry",
    `/providers/Microsoft.ContainerRegistry/registries/${name}`,
  );
  return {
    username: name,
    passwords: [
      { name: "password", value: context.seed.hex(52, "password") },
      { name: "password2", value: context.seed.hex(52, "password2") },
    ],
  };
}

function storageKeys(context: InvokeContext): Properties {
  const name = textAt(context.inputs, "accountName") ?? "";
  find(
    context,
    "azure-native:storage:StorageAccount",
    `/providers/Microsoft.Storage/storageAccounts/${name}`,
  );
  return {
    keys: ["key1", "key2"].map((keyName) => ({
      keyName,
      permissions: "FULL",
      value: Buffer.from(context.seed.hex(64, keyName)).toString("base64"),
      creationTime: "2026-01-01T00:00:00Z",
    })),
  };
}

/** Azure keeps one for each region, made with the first network of a subscription, in a group of its own. */
function networkWatcher(context: InvokeContext): Properties {
  const name = textAt(context.inputs, "networkWatcherName") ?? "";
  const group = textAt(context.inputs, "resourceGroupName") ?? "";
  const path = `/providers/Microsoft.Network/networkWatchers/${name}`;
  const region = /^NetworkWatcher_([a-z0-9]+)$/.exec(name)?.[1];
  if (group !== "NetworkWatcherRG" || region === undefined) {
    const made = find(context, "azure-native:network:NetworkWatcher", path);
    return { ...made.outputs, id: made.id };
  }
  const id = `/subscriptions/${context.session.subscription}/resourceGroups/${group}${path}`;
  return {
    id,
    name,
    location: region,
    type: "Microsoft.Network/networkWatchers",
    provisioningState: "Succeeded",
  };
}

export const azureNativeInvokes: InvokeTable = {
  "azure-native:authorization:getClientConfig": (context) => ({
    clientId: context.seed.uuid("client"),
    objectId: context.seed.uuid("object"),
    subscriptionId: context.session.subscription,
    tenantId: AZURE_TENANT,
  }),
  "azure-native:authorization:getClientToken": (context) => ({
    token:
      context.resourceManager === undefined
        ? context.seed.hex(128, "token")
        : accessToken(context.resourceManager),
  }),
  "azure-native:network:getNetworkWatcher": networkWatcher,
  "azure-native:containerservice:getManagedCluster": (context) => {
    const cluster = managedCluster(context);
    return { ...cluster.outputs, id: cluster.id };
  },
  "azure-native:containerservice:listManagedClusterUserCredentials": (context) => credentials(context, false),
  "azure-native:containerservice:listManagedClusterAdminCredentials": (context) => credentials(context, true),
  "azure-native:containerregistry:listRegistryCredentials": registryCredentials,
  "azure-native:storage:listStorageAccountKeys": storageKeys,
  "azure-native:resources:getResourceGroup": (context) => {
    const group = find(context, "azure-native:resources:ResourceGroup", "");
    return { ...group.outputs, id: group.id };
  },
};

import { FlowLog } from "@pulumi/azure-native/network/flowLog.js";
import type { AzureContext } from "./foundation.ts";
import { createManagedIdentity } from "./identity.ts";
import type { AzureNetwork } from "./network.ts";
import { assignRole } from "./roles.ts";
import { createFlowLogStorage } from "./storage-account.ts";

/**
 * Keeps a record of every flow of the network, written by an identity of its own, as the account takes no keys
 * (https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-managed-identity). None where the region has no
 * network watcher; the look beforehand warned of that.
 */
export function createFlowLogs(context: AzureContext, { network }: AzureNetwork): void {
  const { names, networkWatcher, parent, placed, region, settings } = context;
  if (networkWatcher === undefined) return;
  const storage = createFlowLogStorage(context);
  const writer = createManagedIdentity(context, "flow-logs");
  const grant = assignRole(context, "identity-flow-logs-write", {
    role: "Storage Blob Data Contributor",
    scope: storage.id,
    principalId: writer.principalId,
  });
  new FlowLog(
    "flow-logs",
    {
      networkWatcherName: networkWatcher.name,
      resourceGroupName: networkWatcher.resourceGroupName,
      location: region,
      tags: placed.tags,
      flowLogName: names.network,
      targetResourceId: network.id,
      storageId: storage.id,
      enabled: true,
      format: { type: "JSON", version: 2 },
      retentionPolicy: { enabled: true, days: settings.logRetentionDays },
      identity: { type: "UserAssigned", userAssignedIdentities: [writer.id] },
    },
    { parent, dependsOn: [grant] },
  );
}

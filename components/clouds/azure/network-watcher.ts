import { getNetworkWatcher } from "@pulumi/azure-native/network/getNetworkWatcher.js";

/** The watcher that keeps the flow logs of a region's networks; Azure allows one a region and subscription. */
export interface NetworkWatcherName {
  name: string;
  resourceGroupName: string;
}

/**
 * The region's network watcher under the name that Azure gives it when it makes one
 * (https://learn.microsoft.com/azure/network-watcher/network-watcher-create). It is the subscription's, not the stack's:
 * a missing one is a warning, not something to create.
 */
export async function findNetworkWatcher(
  region: string,
): Promise<NetworkWatcherName | { warning: string } | { problem: string }> {
  const watcher = { name: `NetworkWatcher_${region}`, resourceGroupName: "NetworkWatcherRG" };
  try {
    await getNetworkWatcher({
      networkWatcherName: watcher.name,
      resourceGroupName: watcher.resourceGroupName,
    });
    return watcher;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (/not.?found|404/i.test(reason))
      return {
        warning: `no flow logs are kept: the subscription has no network watcher in ${region}; make it with az network watcher configure --resource-group NetworkWatcherRG --locations ${region} --enabled true, then pulumi up again`,
      };
    return {
      problem: `${watcher.resourceGroupName}/${watcher.name}: cannot read the network watcher: ${reason}`,
    };
  }
}

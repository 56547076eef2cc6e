import { ProviderError } from "../provider-error.ts";
import { type Properties, textAt } from "../values.ts";
import type { InvokeTable } from "./invoke.ts";

/** Data sources that tell what is there, whoever made it; lists are the resource manager's (resource-lists.ts). */
export const azureInventory: InvokeTable = {
  "azure-native:compute:getDisk": ({ inputs, session, store }): Properties => {
    const [group, name] = [textAt(inputs, "resourceGroupName"), textAt(inputs, "diskName")];
    const id = `/subscriptions/${session.subscription}/resourceGroups/${group}/providers/Microsoft.Compute/disks/${name}`;
    const found = store.get("azure-native:compute:Disk", id);
    if (!found)
      throw new ProviderError(
        "not-found",
        `Status=404 Code="ResourceNotFound" Message="The Resource 'Microsoft.Compute/disks/${name}' under resource group '${group}' was not found."`,
      );
    return { ...found.outputs, id, diskSizeGB: found.inputs.diskSizeGB ?? 0, diskState: "Unattached" };
  },
};
